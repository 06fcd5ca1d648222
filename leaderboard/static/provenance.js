// Where a row's scores come from: its key, the letter that marks it, and the words of filter, tip and legend.

export const PROVENANCES = {
  published: { letter: "P", name: "Published", about: "Published: as printed in the paper" },
  measured: { letter: "M", name: "Measured here", about: "Measured here" },
  service: { letter: "A", name: "Answered by a service", about: "Answered by a service or another program, asked from here" },
  submitted: { letter: "S", name: "Submitted", about: "Submitted: others ran the model; its replies were scored here" },
};
