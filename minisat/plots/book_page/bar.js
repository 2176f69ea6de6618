"use strict";
// The bar on top: the contents on a narrow page, light and dark, the way to the search.
const menu = document.getElementById("menu"), button = document.getElementById("theme"), box = document.querySelector("#find input");

menu.onclick = () => {
  const open = document.body.classList.toggle("menu");
  menu.setAttribute("aria-expanded", open);
};

function sign() {
  button.textContent = THEMES[theme()] ?? THEMES[""];
}
button.onclick = () => {
  const names = Object.keys(THEMES);
  wear(names[(names.indexOf(theme()) + 1) % names.length]);
  sign();
};
sign();

document.getElementById("find").onsubmit = event => {
  event.preventDefault();
  location.href = `search.html#${encodeURIComponent(box.value)}`;
};
addEventListener("keydown", event => {
  if (event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    box.focus();
  }
  const turn = { ArrowLeft: ".before", ArrowRight: ".next" }[event.key];
  if (turn && !event.target.closest(".formula, pre, .table")) document.querySelector(`.turn ${turn}`)?.click();
});

document.querySelector("#contents [aria-current]")?.scrollIntoView({ block: "center" });
scrollTo(0, 0);
if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
