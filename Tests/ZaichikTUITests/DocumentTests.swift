import Testing
import ZaichikWords

@testable import ZaichikTUI

@Suite struct DocumentTests {
    private func lines(_ text: String, folded: Int? = nil) -> [String] {
        JSONDocument.lines(Array(text.utf8), folded: folded).map { $0.map(\.text).joined() }
    }

    @Test(
        "a document in colours has the same lines as one without",
        arguments: [
            #"{"a":1,"b":[true,{}],"c":[],"d":"x,y:{\"}"}"#, "[]", "[ ]", #"{ "a" : { } }"#, "[[[[1,[2]]]]]",
            #"{"":{"a":[1,2,{"b":null}]}}"#, "[1\n,\t2\r]", #"["заяц","\u0041\\"]"#,
        ])
    func sameLines(text: String) {
        let plain = JSONText.indented(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines(text) == plain)
    }

    @Test("names, texts, numbers and words have roles of their own")
    func roles() {
        let spans = JSONDocument.lines(Array(#"{"a":"b","c":[-1.5,null]}"#.utf8)).flatMap { $0 }
        let roles = spans.reduce(into: [String: Role]()) { $0[$1.text] = $1.role }
        #expect(roles["\"a\""] == .dataName && roles["\"b\""] == .dataText && roles["\"c\""] == .dataName)
        #expect(roles["-1.5"] == .dataNumber && roles["null"] == .dataWord)
    }

    @Test("a document in one line is what it was, wherever it is cut")
    func oneLine() {
        let text = Array(#"{"a":"b\"","c":[-1.5,null,{"д":true}],"":""}"#.utf8)
        for length in 0...text.count {
            let spans = JSONLine.spans(Array(text.prefix(length)))
            #expect(spans.map(\.text).joined() == SafeText.text(text.prefix(length)))
        }
        let roles = JSONLine.spans(text).reduce(into: [String: Role]()) { $0[$1.text] = $1.role }
        #expect(roles["\"a\""] == .dataName && roles[#""b\"""#] == .dataText && roles["-1.5"] == .dataNumber)
    }

    @Test("a search marks what it finds, over the borders of spans too")
    func marked() {
        let spans = [Span("ab", .quiet), Span("cd", .text), Span("ab", .good)]
        let marked = TextSearch("bc")?.marked(spans)
        #expect(
            marked == [Span("a", .quiet), Span("b", .match), Span("c", .match), Span("d", .text), Span("ab", .good)])
        #expect(TextSearch("ab")?.marked(spans).map(\.role) == [.match, .text, .match])
        #expect(TextSearch("bcda")?.marked(spans).map(\.text) == ["a", "b", "cd", "a", "b"])
        #expect(TextSearch("x")?.marked(spans) == spans)
    }

    @Test("what is folded says how many members it has, and nothing behind it is lost")
    func folding() {
        #expect(lines(#"{"a":[1,[2,3],"x,y"],"b":2}"#, folded: 1) == ["{", #"  "a": [ … 3 ],"#, #"  "b": 2"#, "}"])
        #expect(lines("[{},[]]", folded: 1) == ["[", "  {},", "  []", "]"])
    }

    @Test("a document of any depth is drawn, folded and measured in time that grows with its length")
    func deep() {
        let depth = 32_000
        let text = Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        #expect(JSONDocument.depth(text) == depth)
        #expect(JSONDocument.lines(text).count == 2 * depth - 1)
        #expect(JSONDocument.lines(text, folded: 2).count == 5)
    }

    // MARK: MessagePack. The bytes are worked out by the specification.

    private func json(_ bytes: [UInt8]) -> String? {
        MessagePackText.json(bytes).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("MessagePack is shown as JSON")
    func messagePack() {
        #expect(json([0x82, 0xA1, 0x61, 0x01, 0xA1, 0x62, 0x92, 0xC3, 0xC0]) == #"{"a":1,"b":[true,null]}"#)
        #expect(json([0x90]) == "[]" && json([0x80]) == "{}")
        #expect(json([0x93, 0xFF, 0xD0, 0x80, 0xCD, 0x01, 0x00]) == "[-1,-128,256]")
        #expect(json([0x91, 0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]) == "[1.5]")
        #expect(
            json([0x92, 0xD3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xCF, 0, 0, 0, 0, 0, 0, 0, 9]) == "[-2,9]"
        )
        #expect(json([0x81, 0x01, 0x81, 0xC2, 0x90]) == #"{"1":{"false":[]}}"#)
        #expect(json([0x91, 0xC4, 0x02, 0xAB, 0x00]) == #"["<2 bytes> ab 00"]"#)
        #expect(json([0x91, 0xD4, 0x05, 0x07]) == #"["<extension 5, 1 bytes> 07"]"#)
        #expect(json([0xDC, 0x00, 0x01, 0xD9, 0x02, 0x22, 0x0A]) == #"["\"\n"]"#)
    }

    @Test(
        "what is not one map or array as a whole is no MessagePack",
        arguments: [
            [], [0x01], [0xA1, 0x61], [0x81, 0xA1, 0x61], [0x91], [0x91, 0x01, 0x02], [0x91, 0xC1],
            [0x81, 0x90, 0x01], [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0x91, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]])
    func notMessagePack(bytes: [UInt8]) { #expect(json(bytes) == nil) }

    @Test("any bytes that are taken as MessagePack become a JSON document")
    func anyMessagePack() {
        var random = SplitMix(seed: 7)
        var found = 0
        for _ in 0..<20_000 {
            let bytes =
                [UInt8(0x80 + random.next() % 32)] + (0..<random.next() % 24).map { _ in UInt8(random.next() % 256) }
            guard let json = MessagePackText.json(bytes) else { continue }
            found += 1
            #expect(JSONText.isDocument(json), "\(bytes)")
        }
        #expect(found > 100)
    }

    @Test("deep MessagePack is taken in time that grows with its length")
    func deepMessagePack() {
        let bytes = [UInt8](repeating: 0x91, count: 60_000) + [0x90]
        #expect(MessagePackText.json(bytes)?.count == 2 * 60_001)
        #expect(MessagePackText.beginning(bytes, 100).count <= 101)
    }

    @Test("a payload that is MessagePack is found out, and text is not taken for it")
    func found() {
        let message = { (payload: [UInt8]) in
            ReceivedMessage(
                topic: "t", sequence: 1, timestamp: 0, key: nil, payload: payload, length: payload.count, number: 1,
                connection: 1)
        }
        #expect(message([0x81, 0xA1, 0x61, 0x01]).format(.json) == .messagePack)
        #expect(message([0x81, 0xA1, 0x61, 0x01]).format(.hex) == .hex)
        #expect(message(Array("ü".utf8)).format(.json) == .text)
    }
}
