import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What a message asks for in its headers")
struct MessageHeadersTests {
    private func verdict(_ headers: KeyValuePairs<String, String>) -> MessageHeaders.Verdict {
        MessageHeaders.judge(Publishes.headers(headers))
    }

    @Test("times are read; other headers are the clients' own")
    func times() {
        #expect(verdict([:]) == .fine(MessageTimes()))
        #expect(verdict(["color": "blue", "": ""]) == .fine(MessageTimes()))
        #expect(verdict(["$delay": "30000"]) == .fine(MessageTimes(delay: 30_000)))
        #expect(verdict(["$delay": "0"]) == .fine(MessageTimes(delay: 0)))
        #expect(
            verdict(["a": "b", "$expire-after": "1", "$delay": "0002"])
                == .fine(MessageTimes(expireAfter: 1, delay: 2)))
        let longest = "\(MessageHeader.longest)"
        #expect(verdict(["$expire-after": longest]) == .fine(MessageTimes(expireAfter: MessageHeader.longest)))
    }

    @Test(
        "a value that is not a number of ms, or not one that the header can have, is refused",
        arguments: ["", "-1", "+1", "1.5", "1s", " 1", "0x1", "315360000001", "99999999999999999999", "١"])
    func badValues(value: String) {
        for header in MessageHeader.allCases {
            #expect(verdict([header.name: value]) == .badValue(header, value))
        }
        #expect(verdict(["$expire-after": "0"]) == .badValue(.expireAfter, "0"))
    }

    @Test("a long value is repeated in part only")
    func longValue() {
        let value = String(repeating: "9", count: 1000)
        #expect(verdict(["$delay": value]) == .badValue(.delay, String(value.prefix(64))))
    }

    @Test("of a header that comes twice the last one counts, each must be valid, and one that nobody knows is refused")
    func repeated() {
        #expect(verdict(["$delay": "1", "$delay": "2"]) == .fine(MessageTimes(delay: 2)))
        #expect(verdict(["$delay": "x", "$delay": "2"]) == .badValue(.delay, "x"))
        #expect(verdict(["$delay": "1", "$Delay": "1"]) == .unknown(name: "$Delay"))
        #expect(verdict(["color": "1", "color": "2"]) == .fine(MessageTimes()))
    }

    @Test("headers that are cut anywhere are malformed")
    func cut() {
        let whole = Publishes.headers(["$delay": "5", "color": "blue"])
        #expect(MessageHeaders.judge(whole) == .fine(MessageTimes(delay: 5)))
        for length in 0..<whole.readableBytes {
            #expect(MessageHeaders.judge(whole.getSlice(at: 0, length: length)!) == .malformed, "\(length)")
        }
        var wrong = Publishes.headers(["color": "blue"])
        wrong.setInteger(0xFF, at: 4, as: UInt8.self)
        #expect(MessageHeaders.judge(wrong) == .malformed)
    }
}
