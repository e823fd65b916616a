import ArgumentParser
import Testing
import ZaichikProtocol

@testable import Zaichik

@Suite("Words of a command line")
struct ArgumentWordsTests {
    private func normalized(
        _ words: String..., of command: any ParsableCommand.Type = PublishCommand.self
    ) throws -> [String] {
        try ArgumentWords.normalized(words[...], OptionTable(of: command))
    }

    @Test("a value joined to a short option is the option's value, whatever it is")
    func joined() throws {
        #expect(try normalized("t", "-kfoo", "x") == ["t", "-k", "foo", "x"])
        #expect(try normalized("t", "-lK:") == ["t", "-l", "-K", ":"])
        #expect(try normalized("t", "-K=", "-l") == ["t", "-K", "=", "-l"])
        #expect(try normalized("t", "-k-5", "x") == ["t", "-k=-5", "x"])
        #expect(try normalized("t", "-n5", "x") == ["t", "-n", "5", "x"])
        #expect(try normalized("t", "-C1", "-F%t=%p", of: SubscribeCommand.self) == ["t", "-C", "1", "-F", "%t=%p"])
    }

    @Test("the word after an option is its value, even with a dash, unless it is an option itself")
    func following() throws {
        #expect(try normalized("t", "-k", "-5", "x") == ["t", "-k=-5", "x"])
        #expect(try normalized("t", "--key", "-5", "x") == ["t", "--key=-5", "x"])
        #expect(try normalized("t", "--key=", "x") == ["t", "--key", "", "x"])
        #expect(try normalized("t", "--key=a=b", "x") == ["t", "--key", "a=b", "x"])
        #expect(try normalized("t", "-f", "-") == ["t", "-f", "-"])
        let failure = #expect(throws: CommandFailure.self) { try normalized("t", "-k", "-l") }
        #expect(failure?.message == "'-k' needs a value, and '-l' is an option; '-k-l' would make it the value")
    }

    @Test("after two dashes everything is an argument")
    func terminator() throws {
        #expect(try normalized("t", "--", "-5") == ["t", "--", "-5"])
        #expect(try normalized("t", "-k", "a", "--", "--key") == ["t", "-k", "a", "--", "--key"])
        let parsed = try PublishCommand.parse(["t", "--", "-dash"])
        #expect(parsed.message?.text == "-dash")
    }

    @Test("what is normalized means the same to ArgumentParser")
    func parsed() throws {
        let words = try normalized("t", "-lK=", "--key-optional")
        let lines = try PublishCommand.parse(words)
        #expect(lines.lines && lines.separator?.text == "=" && lines.keyOptional)
        let message = try PublishCommand.parse(try normalized("t", "-k", "-1", "-n3", ""))
        #expect(message.key?.text == "-1" && message.count == 3 && message.message?.text == "")
    }

    @Test("an unknown option is an error that names the one that was meant, or says what dashes mean")
    func unknown() {
        let long = #expect(throws: CommandFailure.self) { try normalized("t", "--lnies") }
        #expect(long?.message == "unknown option '--lnies'; did you mean '--lines'?" && long?.status == 64)
        let short = #expect(throws: CommandFailure.self) { try normalized("t", "-dash", "x") }
        #expect(
            short?.message
                == "unknown option '-d' in '-dash'; an argument that begins with a dash goes after '--'")
    }

    @Test(
        "bytes that are not UTF-8 pass through text and are found again",
        arguments: [
            [], [0x68, 0x69], [0xFF], [0xC3, 0x28], [0xE2, 0x82], [0xF0, 0x9F, 0x90, 0x87], [0xED, 0xA0, 0x80],
            [0xF4, 0x8F, 0x9E, 0x80], [0xF4, 0x8F, 0x9F, 0xBF, 0xFF], Array(0x80...0xFF), [0x61, 0xCC, 0x81],
        ] as [[UInt8]])
    func bytes(bytes: [UInt8]) {
        #expect(ArgumentText.bytes(ArgumentText.text(bytes)) == bytes)
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        // A scalar that stands for a byte is itself taken for bytes.
        #expect(ArgumentText.isUTF8(ArgumentText.text(bytes)) == (isUTF8 && bytes != [0xF4, 0x8F, 0x9E, 0x80]))
    }

    @Test("only messages, keys, separators and files may be anything; the rest is UTF-8")
    func onlySome() throws {
        let odd = ArgumentText.text([0xFF])
        #expect(try normalized("t", odd, "-k\(odd)", "--file=\(odd)", "-K", odd).count == 8)
        for words in [[odd, "x"], ["t", "x", "--name", odd], ["t", "x", "--connect=\(odd)"]] {
            let failure = #expect(throws: CommandFailure.self) {
                try ArgumentWords.normalized(words[...], OptionTable(of: PublishCommand.self))
            }
            #expect(failure?.message.contains("'\\xff' is not UTF-8") == true)
        }
    }

    @Test("the arguments that take bytes are arguments of their command")
    func byteArguments() {
        let table = OptionTable(of: PublishCommand.self)
        for name in PublishCommand.byteArguments { #expect(table.takesBytes(name) || table.takesBytes("--\(name)")) }
        #expect(table.takesBytes("-k") && table.takesBytes("-f") && !table.takesBytes("--name"))
    }

    @Test(
        "escapes stand for their bytes",
        arguments: [
            ("\\t", [0x09]), ("a\\nb", [0x61, 0x0A, 0x62]), ("\\0\\r\\\\", [0x00, 0x0D, 0x5C]),
            ("\\x41\\xff", [0x41, 0xFF]),
            ("заяц", Array("заяц".utf8)), (":", [0x3A]),
        ] as [(String, [UInt8])])
    func escapes(text: String, bytes: [UInt8]) throws {
        #expect(try EscapedText.bytes(text, option: "-K") == bytes)
    }

    @Test(
        "what is not an escape is an error that says what is one",
        arguments: ["\\", "\\q", "\\x", "\\x1", "\\xzz", "\\x+1"])
    func noEscapes(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try EscapedText.bytes(text, option: "-K") }
        #expect(failure?.message.contains(EscapedText.forms) == true && failure?.status == 64)
    }
}
