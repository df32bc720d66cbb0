import { expect, test } from "vitest";
import { webAddressProblem, withoutQuery } from "../../src/core/web-address.ts";

test.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://169.254.0.1/",
  "http://2852039166/",
  "http://0xA9FEA9FE/",
  "http://0xa9.0xfe.0xa9.0xfe/",
  "http://0251.0376.0251.0376/",
  "http://169.254.43518/",
  "http://169.254.169.254./",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[::169.254.169.254]/",
  "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "http://[2002:a9fe:a9fe::1]/",
  "http://[fe80::1]/",
  "http://[febf::1]/",
  "http://[fd00:ec2::254]/",
  "http://[FD00:0EC2:0::0254]/",
  "http://100.100.100.200/",
  "http://[::ffff:100.100.100.200]/",
  "http://192.0.0.192/",
  "http://168.63.129.16/",
  "http://metadata.google.internal/",
  "http://METADATA.google.internal./computeMetadata/v1/",
  "http://metadata/",
  "http://instance-data/",
  "http://１６９.254.169.254/",
])("%s is refused as a metadata address", (url) => {
  expect(webAddressProblem(url)).toBe("is a link-local or cloud metadata address");
});

test.each([
  "http://127.0.0.1:8080/health",
  "http://localhost/",
  "http://[::1]/",
  "http://10.0.0.1/",
  "http://192.168.1.1/",
  "http://[fd00::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[fec0::1]/",
  "http://169.253.169.254/",
  "http://100.100.100.201/",
  "https://metadata.example.com/",
  "https://169.254.169.254.example.com/",
  "https://anykrowd.example.com/health?deep=1",
])("%s is the user's own choice", (url) => {
  expect(webAddressProblem(url)).toBeUndefined();
});

test.each([
  ["anykrowd.example.com", "is not a URL"],
  ["", "is not a URL"],
  ["file:///etc/passwd", "is not http or https"],
  ["javascript:alert(1)", "is not http or https"],
  ["https://user@example.com/", "carries a user name or password"],
  ["https://:secret@example.com/", "carries a user name or password"],
])("%s %s", (url, problem) => {
  expect(webAddressProblem(url)).toBe(problem);
});

test("what is shown of an address has no query", () => {
  expect(withoutQuery("https://a.example/health?key=1#top")).toBe("https://a.example/health");
});
