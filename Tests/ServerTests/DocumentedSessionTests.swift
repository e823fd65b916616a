import Foundation
import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("The session in docs/PROTOCOL.md")
struct DocumentedSessionTests {
    private struct Step {
        var isClient: Bool
        var bytes: [UInt8] = []
    }

    private static func steps() throws -> [Step] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/PROTOCOL.md")
        let lines = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
        var steps: [Step] = []
        for line in lines.drop(while: { $0 != "<!-- generated: session -->" }).dropFirst(2) {
            if line == "```" { break }
            if line.hasPrefix("→") || line.hasPrefix("←") {
                steps.append(Step(isClient: line.hasPrefix("→")))
            } else {
                steps[steps.count - 1].bytes += line.split(separator: " ").compactMap { UInt8($0, radix: 16) }
            }
        }
        return steps
    }

    @Test("goes with a broker as the document says, with CONFIRM where it likes")
    func session() async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            var id: UInt32?
            var confirmed: UInt64?
            func next() throws -> BrokerFrame {
                while true {
                    let frame = try client.receive()
                    guard let count = frame.confirmed else { return frame }
                    confirmed = count
                }
            }
            let steps = try Self.steps()
            #expect(steps.count > 15)
            for step in steps where step.isClient {
                #expect(step.bytes.count >= 8)
            }
            for step in steps {
                if step.isClient {
                    try client.send(Self.withID(id, step.bytes))
                    continue
                }
                guard let expected = try BrokerFrame(decoding: ByteBuffer(bytes: step.bytes)) else { continue }
                guard expected.confirmed == nil else { continue }
                let frame = try next()
                #expect(frame.opcode == expected.opcode && frame.request == expected.request)
                #expect(frame.code == expected.code)
                #expect(frame.message?.sequence == expected.message?.sequence)
                #expect(frame.message?.key == expected.message?.key)
                #expect(frame.message?.payload == expected.message?.payload)
                if frame.opcode == .topic { id = Self.topicID(frame) }
            }
            #expect(confirmed == 2)
            #expect(try client.receiveBytes() == nil)
        }
    }

    /// A PUBLISH to the topic that the broker has named in place of the document's.
    private static func withID(_ id: UInt32?, _ bytes: [UInt8]) -> [UInt8] {
        guard let id, case .publish(var message)? = try? ClientFrame(decoding: ByteBuffer(bytes: bytes)) else {
            return bytes
        }
        message.topicID = id
        return NativeClient.bytes([.publish(message)])
    }

    private static func topicID(_ frame: BrokerFrame) -> UInt32? {
        var bytes = ByteBuffer()
        frame.write(to: &bytes)
        return bytes.getInteger(at: 12, endianness: .little)
    }
}
