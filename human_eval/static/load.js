// What Gradio runs when the component is there: fetch the page's script and start it.
const at = (path) => new URL("." + path, document.baseURI).href;
import(at(`${props.setup.scripts}/${props.setup.main}`)).then(
  (page) => page.start(element, at(props.setup.api), props.setup),
  () => {
    const fault = element.querySelector("[data-part=fault]");
    fault.textContent = "The page's scripts could not be loaded; reload the page.";
    fault.hidden = false;
  },
);
