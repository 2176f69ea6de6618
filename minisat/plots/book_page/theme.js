"use strict";
// Light, dark, or as the system has it: kept for the next page, where the browser lets a file keep anything.
const THEMES = { "": "◐", light: "☀", dark: "☾" };

function theme() {
  try {
    return localStorage.getItem("theme") ?? "";
  } catch {
    return document.documentElement.dataset.theme ?? "";
  }
}

function wear(name) {
  document.documentElement.dataset.theme = name in THEMES ? name : "";
  try {
    localStorage.setItem("theme", name);
  } catch { /* it lasts as long as the page */ }
}

wear(theme());
