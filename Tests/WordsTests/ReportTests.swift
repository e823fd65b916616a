import Testing
import ZaichikWords

@Suite struct ReportTests {
    private func read(_ json: String) -> Report? { Report(Array(json.utf8)) }

    @Test("an event is read with its data, whatever the order and the blanks")
    func event() throws {
        let text =
            #" { "data" : {"client":7,"name":"h\u00e4re \ud83d\udc07\n","evidence":{"topic":"t"}} , "time":1764302400000000,"#
            + #""event":"gap","level":"debug","text":"lost"} "#
        let report = try #require(read(text))
        #expect(
            (report.name, report.time, report.level, report.text) == ("gap", 1_764_302_400_000_000, "debug", "lost"))
        #expect(report.data["name"] == .text("häre 🐇\n"))
        #expect(report.data["client"] == .number(7))
        #expect(report.shownData() == #"client=7 evidence={topic="t"} name="häre 🐇␊""#)
    }

    @Test("a step has its topic and its sequence; what a later broker adds is known to be there")
    func step() throws {
        let text =
            #"{"step":"queued","time":1,"topic":"a","sequence":42,"data":{"x":[1,{"y":null}],"z":-1.5e3,"t":true}}"#
        let report = try #require(read(text))
        #expect((report.name, report.topic, report.sequence) == ("queued", "a", 42))
        #expect(report.data == ["x": .other, "z": .other, "t": .other])
    }

    @Test("so many that were left out are counted")
    func more() throws {
        #expect(try #require(read(#"{"event":"gap","time":1,"more":12}"#)).more == 12)
    }

    @Test(
        "what is no report is none",
        arguments: [
            "", "{", "[]", "7", "{}", #"{"event":"a"}"#, #"{"time":1}"#, #"{"event":"a","time":1}x"#,
            #"{"event":"a","time":-1}"#,
            #"{"event":"a","time":1,}"#, #"{"event":"a" "time":1}"#, #"{"event":"\u12","time":1}"#,
            #"{"event":"\x","time":1}"#,
            "{\"event\":\"a\nb\",\"time\":1}", #"{"event":"a","time":1,"data":{"x":tru}}"#,
        ])
    func none(text: String) { #expect(read(text) == nil) }

    @Test("half of a surrogate pair is replaced, and what follows it is read")
    func surrogates() throws {
        let report = try #require(read(#"{"event":"a","time":1,"text":"x\ud83dy\udc07\ud83d\u0041"}"#))
        #expect(report.text == "x\u{FFFD}y\u{FFFD}\u{FFFD}A")
    }

    @Test("deep nesting ends the reading, not the program")
    func deep() {
        let nested = String(repeating: "[", count: 100_000)
        #expect(read(#"{"event":"a","time":1,"data":{"x":"# + nested) == nil)
    }
}
