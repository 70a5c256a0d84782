// The function that the runtime tries itself on before there is another one.
exports.handler = async (event) => {
  console.log('nobody', 'reads', 'this');
  return event;
};
