/* smart/zh-Hans.js：同样的文字，中文。 */

export default {
  heading: '病历',
  send: '把这个回答放进病历',
  sending: '正在发送回答…',
  sent: '{host} 的病历已收到回答。图片没有发送。',
  done: '关闭并回到病历',
  silent: '{host} 的病历系统没有回应。',
  refused: '{host} 的病历系统没有接收：{reason}',
  // 发送的内容
  device: '图片分类程序',
  observation: '{name}：由程序判断图片最像它认识的哪一类；不是诊断',
  answer: '图片最像：{label}。',
  unsure: '程序拿不准。图片可能是：{named}。',
  findings: '程序看到这些迹象：{named}。',
  no_findings: '没有哪一项达到界限；其中最可能的是：{label}。这不排除任何情况。',
  reject: '图片没有被判断：它不像模型能判断的图片。',
  group_reached: '达到界限 {limit}，从这里起模型包要求留意。',
  group_below: '低于界限 {limit}。这并不排除它。',
  not_diagnosis: '由程序所作，还没有人检查过。不是诊断。',
};
