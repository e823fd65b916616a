import Foundation
import NIOCore
import Testing
import ZaichikClient
import ZaichikProtocol

@testable import Zaichik

@Suite("Headers on the command line", .serialized, .timeLimit(.minutes(2)))
struct HeaderOptionTests {
    @Test("headers are a name and a value, and times have their unit and their bounds")
    func texts() throws {
        #expect(try HeaderText.read("color:blue") == Headers.Field("color", "blue"))
        #expect(try HeaderText.read("a:b:c") == Headers.Field("a", "b:c"))
        #expect(try HeaderText.read("a:") == Headers.Field("a", ""))
        for text in ["", "a", ":b"] { #expect(throws: (any Error).self) { try HeaderText.read(text) } }
        #expect(try HeaderText.delay("30s") == Headers.Field("$delay", "30000"))
        #expect(try HeaderText.expiry("1h") == Headers.Field("$expire-after", "3600000"))
        for text in ["30", "0s", "4000d"] { #expect(throws: (any Error).self) { try HeaderText.expiry(text) } }
    }

    @Test("what is published with headers is printed without them, unless it is asked for")
    func round() async throws {
        let broker = try await ServedBroker.start()
        let sent = try await broker.run("pub", "h", "-H", "color:blue", "-H", "size:2", "--expire", "1h", "a hare")
        #expect(sent.status == 0, "\(sent)")
        let plain = try await broker.run("sub", "h", "--from", "first", "-e")
        #expect(plain.output == "a hare\n", "\(plain)")
        let format = try await broker.run("sub", "h", "--from", "first", "-e", "-F", "%h|%l|%p\\n")
        #expect(format.output == "color:blue size:2 $expire-after:3600000|6|a hare\n", "\(format)")
        let json = try await broker.run("sub", "h", "--from", "first", "-e", "--json")
        #expect(json.output.contains(#""headers":[{"name":"color","value":"blue"},"#), "\(json)")
        #expect(json.output.hasSuffix(#""payload":"a hare"}"# + "\n"), "\(json)")
    }

    @Test("a delayed message comes later than one that is published after it")
    func delay() async throws {
        let broker = try await ServedBroker.start()
        for words in [["late", "--delay", "4s"], ["soon"]] {
            let sent = await (try Running(["pub", "d"] + words, environment: broker.environment)).finished()
            #expect(sent.status == 0, "\(sent)")
        }
        let read = try await broker.run("sub", "d", "--from", "first", "-n", "2")
        #expect(read.lines == ["soon", "late"], "\(read)")
    }
}
