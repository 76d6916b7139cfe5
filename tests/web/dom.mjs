// As much of a document as h() of web/lib/dom.js needs: elements with attributes and text.
class Element {
  constructor(tag) {
    this.tag = tag;
    this.attributes = {};
    this.style = {};
    this.nodes = [];
  }

  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener() {}
  append(...nodes) { this.nodes.push(...nodes); }
  get textContent() { return this.nodes.map((node) => (typeof node === 'object' ? node.textContent : String(node))).join(''); }
  // -> every element below with that attribute
  withAttribute(name) {
    const below = this.nodes.filter((node) => node instanceof Element);
    return below.flatMap((node) => [...(name in node.attributes ? [node] : []), ...node.withAttribute(name)]);
  }
}

export const standInDocument = () => ({ createElement: (tag) => new Element(tag), createElementNS: (_, tag) => new Element(tag) });
