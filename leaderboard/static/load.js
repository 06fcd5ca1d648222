// What Gradio runs when the component is there: fetch the scripts and start them.
const at = (path) => new URL("." + path, document.baseURI).href;
import(at(props.setup.scripts + "/main.js")).then(
  (main) => main.start(element, at(props.setup.api)),
  () => {
    const fault = element.querySelector("[data-part=fault]");
    fault.textContent = "The page's scripts could not be loaded; reload the page.";
    fault.hidden = false;
  },
);
