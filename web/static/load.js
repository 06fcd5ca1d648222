// What Gradio runs when a face's component is there: fetch its main script and start it.
const at = (path) => new URL("." + path, document.baseURI).href;
import(at(`${props.setup.scripts}/${props.setup.main}`)).then(
  (page) => page.start(element, at(props.setup.api), props.setup, trigger),
  () => {
    const fault = element.querySelector("[data-part=fault]");
    fault.textContent = "The page's scripts could not be loaded; reload the page.";
    fault.hidden = false;
  },
);
