// Files under assets/ are kept by browsers for a year: a new content needs a new name.
const list = document.querySelector("#products");
const state = document.querySelector("#state");

const answer = await fetch("/api/products");
const { products } = await answer.json();
list.replaceChildren(
  ...products.map((product) => {
    const item = document.createElement("li");
    item.textContent = `${product.name}: ${(product.price_cents / 100).toFixed(2)}`;
    return item;
  }),
);
state.textContent = products.length ? "" : "There are no products yet";
