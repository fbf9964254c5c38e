/*
 * A plugin of TypeDoc: lists the members of a union of texts, such as the codes of errors, below what is
 * said of it. typedoc-plugin-markdown shows what is said of members only if they are objects.
 */
export function load({ converter }) {
  converter.on("resolveEnd", ({ project }) => {
    for (const { comment, type } of Object.values(project.reflections)) {
      const { elementSummaries, types } = type ?? {};
      if (elementSummaries === undefined || types.some((member) => member.type !== "literal"))
        continue;
      for (const [index, summary] of elementSummaries.entries()) {
        const before = index === 0 ? "\n\n" : "\n";
        comment.summary.push(
          { kind: "text", text: `${before}- \`${types[index].value}\`: ` },
          ...summary,
        );
      }
    }
  });
}
