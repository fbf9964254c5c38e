#!/usr/bin/env node
// The same under the name that a checkout is run by; it starts more slowly than the installed one.
import "./orders.cjs";
