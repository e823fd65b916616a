import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Frames that are still to be sent")
struct OutputQueueTests {
    private var queue = OutputQueue()

    /// The types of the frames that may be sent now.
    private mutating func take(isWritable: Bool = true) throws -> [ClientOpcode] {
        var opcodes: [ClientOpcode] = []
        while var bytes = queue.take(isWritable: isWritable) {
            while case .complete(let length) = try FrameMeasure.native(bytes, limit: 1 << 20),
                let frame = bytes.readSlice(length: length)
            {
                opcodes.append(try ClientFrame(decoding: frame).opcode)
            }
        }
        return opcodes
    }

    private mutating func publish(_ count: Int = 1, bytes: Int = 1) {
        let message = Message(topicID: 7, payload: ByteBuffer(repeating: 0x78, count: bytes))
        for _ in 0..<count { queue.append(.publish(message), .publish) }
    }

    @Test("everything is sent in order")
    mutating func order() throws {
        publish()
        queue.append(.window(1))
        publish()
        queue.append(.close, .barrier)
        #expect(try take() == [.publish, .window, .publish, .close])
        #expect(queue.publishesTaken == 2)
        #expect(try take() == [])
    }

    @Test("while publishes are blocked, requests overtake them and barriers do not")
    mutating func blocked() throws {
        publish()
        queue.append(.window(1))
        queue.append(.ping(1), .barrier)
        queue.isBlocked = true
        publish()
        queue.append(.unwatch(request: 1, watch: 1))
        #expect(try take() == [.window, .unwatch])
        #expect(queue.publishesTaken == 0)
        queue.isBlocked = false
        #expect(try take() == [.publish, .ping, .publish])
    }

    @Test("a barrier that no publish precedes is sent even while publishes are blocked")
    mutating func barrierAlone() throws {
        queue.isBlocked = true
        queue.append(.close, .barrier)
        #expect(try take() == [.close])
    }

    @Test("publishes wait for the socket, in pieces, and the frames after them wait, too")
    mutating func writability() throws {
        publish(300, bytes: 1000)
        queue.append(.window(1))
        #expect(try take(isWritable: false) == [])
        let taken = queue.take(isWritable: true)
        let piece = try #require(taken)
        #expect((128 << 10..<130 << 10).contains(piece.readableBytes))
        #expect(queue.publishesTaken == 128)
        #expect(try take().count == 300 - 128 + 1)
    }

    @Test("publishes that are dropped are never sent, and everything else is")
    mutating func dropped() throws {
        publish()
        queue.append(.ping(1), .barrier)
        publish()
        queue.dropPublishes()
        queue.append(.close, .barrier)
        #expect(try take() == [.ping, .close])
        #expect(queue.publishesTaken == 0)
    }
}
