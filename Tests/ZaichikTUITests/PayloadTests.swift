import Testing
import ZaichikWords

@testable import ZaichikTUI

@Suite struct PayloadTests {
    private func compact(_ text: String) -> String? {
        JSONText.compact(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    private func indented(_ text: String) -> [String]? {
        JSONText.indented(Array(text.utf8))?.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("compact JSON loses its blanks outside of strings, and nothing else")
    func compacting() {
        #expect(compact(#" { "a b" : [ 1 , 2 ],\#n "c":"x \" } y" } "#) == #"{"a b":[1,2],"c":"x \" } y"}"#)
        #expect(compact("plain text") == nil)
        #expect(compact("") == nil)
        #expect(compact(#"{"cut": "in the mid"#) == #"{"cut":"in the mid"#)
    }

    @Test("indented JSON has a line for each member; what does not match is left to be text")
    func indenting() {
        #expect(
            indented(#"{"a":1,"b":[true,{}],"c":[],"d":"x,y:{"}"#) == [
                "{", #"  "a": 1,"#, #"  "b": ["#, "    true,", "    {}", "  ],", #"  "c": [],"#, #"  "d": "x,y:{""#,
                "}",
            ])
        #expect(indented(#"{"a": [1}"#) == nil)
        #expect(indented(#"{"a": 1"#) == nil)
        #expect(indented(#"}{"#) == nil)
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
