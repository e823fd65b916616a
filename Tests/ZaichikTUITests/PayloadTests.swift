import Testing
import ZaichikWords

@testable import ZaichikTUI

@Suite struct PayloadTests {
    private func compact(_ text: String) -> String {
        String(decoding: JSONText.compact(Array(text.utf8)), as: UTF8.self)
    }

    private func indented(_ text: String) -> [String] {
        JSONText.indented(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    private func message(_ payload: [UInt8], length: Int? = nil) -> ReceivedMessage {
        ReceivedMessage(
            topic: "t", sequence: 1, timestamp: 0, key: nil, payload: payload, length: length ?? payload.count,
            number: 1, connection: 1)
    }

    @Test("the headers of a message are shown by name, apart from its payload, and are found")
    func headers() {
        let value = { (text: String) in Array(text.utf8) }
        let message = ReceivedMessage(
            topic: "t", sequence: 1, timestamp: 0, key: nil,
            headers: [
                ReceivedHeader(name: "цвет", value: value("серый\u{1B}[1m")),
                ReceivedHeader(name: "raw", value: [0xFF]),
            ],
            omittedHeaders: 3, payload: value("{}"), length: 2, number: 1, connection: 1)
        let entry = MessageEntry(id: 1, time: 0, content: .message(message))
        let model = Samples.model(Size(width: 80, height: 24))
        let lines = MessageText.lines(MessageInspection(entry: entry, format: .json), model, columns: 76)
            .map { $0.map(\.text).joined() }
        #expect(lines.contains("header    цвет: серый\u{1B}[1m"))
        #expect(lines.contains { $0.hasPrefix("header    raw: ") })
        #expect(lines.contains("… 3 more headers, not kept for display") && lines.last == "{}")
        #expect(TextSearch("серый")?.matches(entry, .text) == true && TextSearch("raw")?.matches(entry, .text) == true)
        #expect(TextSearch("зелёный")?.matches(entry, .text) == false)
    }

    @Test("compact JSON loses its blanks outside of strings, and nothing else")
    func compacting() {
        #expect(compact(#" { "a b" : [ 1 , 2 ],\#n "c":"x \" } y" } "#) == #"{"a b":[1,2],"c":"x \" } y"}"#)
        #expect(compact(#"{"cut": "in the mid"#) == #"{"cut":"in the mid"#)
    }

    @Test("indented JSON has a line for each member")
    func indenting() {
        #expect(
            indented(#"{"a":1,"b":[true,{}],"c":[],"d":"x,y:{"}"#) == [
                "{", #"  "a": 1,"#, #"  "b": ["#, "    true,", "    {}", "  ],", #"  "c": [],"#, #"  "d": "x,y:{""#,
                "}",
            ])
    }

    @Test(
        "what is JSON as a whole, by its grammar, is shown as JSON",
        arguments: [
            "{}", "[]", " [ ] ", #"{"a":1}"#, #"[1,-0,0.5,10e3,1E-2,-1.25e+7]"#, #"["\"\\\/\b\f\n\r\t\u00e9"]"#,
            "[true,false,null]", "[[],{},[{}]]", #"{"":{"a":[1,2,{"b":null}]}}"#, "[1\n,\t2\r]", #"["заяц"]"#,
        ])
    func documents(text: String) {
        #expect(message(Array(text.utf8)).isJSON)
        #expect(message(Array(text.utf8)).format(.json) == .json)
    }

    @Test(
        "anything else is shown as text, as it is",
        arguments: [
            "[INFO] user logged in at 10:00", #"{"a":1} x"#, #"{"a": [1}"#, #"{"a": 1"#, "}{", "", "  ", "1", "true",
            #""text""#, "[01]", "[1.]", "[.5]", "[+1]", "[1e]", "[-]", "[1,]", "[,1]", "[1 2]", #"{"a"}"#, #"{"a":}"#,
            #"{a:1}"#, #"{"a":1,}"#, "[tru]", "[truex]", "[nul", #"["\x"]"#, #"["\u00g0"]"#, "[\"a\nb\"]", "[1]]",
            "{]", "[}", "[NaN]", "['a']", "[1]\u{0}",
        ])
    func notDocuments(text: String) {
        #expect(!message(Array(text.utf8)).isJSON)
        let format = message(Array(text.utf8)).format(.json)
        #expect(PayloadText.line(Array(text.utf8), format) == text)
    }

    @Test("a document that was cut for display is text: nobody knows its end")
    func cutDocument() { #expect(!message(Array("[1]".utf8), length: 4).isJSON) }

    @Test("brackets of any depth are judged and indented, in lines of a bounded length")
    func deep() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let depth = 32_000
            let middle = open == "[" ? "" : "1"
            let text = String(repeating: open, count: depth) + middle + String(repeating: close, count: depth)
            #expect(message(Array(text.utf8)).isJSON)
            let lines = JSONText.indented(Array(text.utf8))
            #expect(lines.count >= 2 * depth - 1 && lines.allSatisfy { $0.count <= 48 })
            #expect(!message(Array(text.utf8.dropLast())).isJSON)
        }
    }

    @Test("the work for a payload grows with its length: lines have at most twice its bytes, and its indentation")
    func bounded() {
        let payloads = [
            String(repeating: "[", count: 32_768) + String(repeating: "]", count: 32_768),
            String(repeating: "x", count: 65_536), String(repeating: "\n", count: 65_536),
            "[" + String(repeating: "1,", count: 32_700) + "1]", "[\"" + String(repeating: "a", count: 65_000) + "\"]",
            String(repeating: "e\u{301}\u{302}", count: 13_000), "a" + String(repeating: "\u{301}", count: 32_000),
        ]
        for payload in payloads.map({ Array($0.utf8) }) {
            for format in PayloadFormat.allCases {
                let lines = PayloadText.lines(payload, message(payload).format(format), columns: 60)
                #expect(lines.reduce(0) { $0 + $1.utf8.count } <= 44 * payload.count + 100)
                let widest = lines.max { TextWidth.columns(of: $0) < TextWidth.columns(of: $1) } ?? ""
                #expect(TextWidth.columns(of: widest) <= 60, "\(widest)")
            }
        }
    }

    @Test("hex shows every byte, with what is printable of it")
    func hex() {
        let lines = PayloadText.lines(Array("AB\0\u{FF}".utf8), .hex, columns: 80)
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("000000  41 42 00 c3 bf"))
        #expect(lines[0].hasSuffix("AB..."))
        #expect(PayloadText.lines([UInt8](repeating: 65, count: 33), .hex, columns: 80).count == 3)
        #expect(PayloadText.line([0x7B, 0x0A], .hex) == "7b 0a  {.")
    }

    @Test("every format escapes what it shows", arguments: PayloadFormat.allCases)
    func escaped(format: PayloadFormat) {
        let payload = Array("\u{1B}[31m{\u{9B}".utf8) + [0xFF, 0x00]
        for text in PayloadText.lines(payload, format, columns: 40) + [PayloadText.line(payload, format)] {
            for glyph in Glyphs(text) {
                #expect(glyph.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
            }
        }
    }

    @Test("a long payload is cut between characters")
    func longPayload() {
        for shift in 0..<4 {
            let payload = Array((String(repeating: "x", count: shift) + String(repeating: "🐇", count: 2000)).utf8)
            #expect(!PayloadText.line(payload, .text).contains("\\x"))
        }
    }

    @Test("any bytes in any format are drawn")
    func anyBytes() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let payload = (0..<Int.random(in: 0...200)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for format in PayloadFormat.allCases {
                _ = PayloadText.line(payload, format)
                for line in PayloadText.lines([0x7B] + payload, format, columns: 30) {
                    #expect(format == .hex || TextWidth.columns(of: line) <= 30)
                }
            }
        }
    }
}
