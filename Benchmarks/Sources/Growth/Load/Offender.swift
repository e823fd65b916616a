import NIOCore
import ZaichikProtocol

/// A client that asks for more than it should. The broker's answers are counted; a refusal is not an error. It never
/// waits for longer than its deadline. One thread uses it at a time, which is what makes it sendable.
final class Offender: @unchecked Sendable {
    private static let requestsAtOnce = 5000
    private static let mostUnconfirmed: UInt64 = 1 << 17

    private var socket: Socket?
    private var inbound = InboundBytes()
    private let deadline: Deadline
    private var requests: UInt32 = 0
    /// Requests that are answered, by an error or otherwise.
    private(set) var answered = 0
    /// Frames by their type.
    private(set) var counts = Array(repeating: 0, count: 256)
    private(set) var published: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    /// As the broker's WELCOME says; 0 before that.
    private(set) var clientID: UInt64 = 0
    /// As the broker's answers to TOPIC name them.
    private(set) var topicIDs: [UInt32] = []
    /// The last thing that the broker refused.
    private(set) var refusal: String?

    /// Connects, and greets.
    ///
    /// - Parameter session: The session that it attaches to; empty: none.
    init(_ stage: Stage, window: UInt32 = 0, session: String = "", greets: Bool = true) throws {
        deadline = stage.deadline
        socket = try Socket(port: stage.port)
        guard greets else { return }
        var greeting = ByteBuffer(bytes: Preface.bytes)
        var hello = Hello(window: window, name: "offender")
        if !session.isEmpty { hello.session = try SessionName(session) }
        ClientFrame.hello(hello).write(to: &greeting)
        try send(greeting)
        try wait { clientID > 0 }
    }

    /// Ends the connection with a reset, without waiting.
    func leave() { socket = nil }

    func count(_ type: BrokerOpcode) -> Int { counts[Int(type.rawValue)] }

    // MARK: Sending

    /// Sends what the socket takes at once, and takes it off the buffer.
    ///
    /// - Returns: Whether it took something.
    func push(_ buffer: inout ByteBuffer) throws -> Bool {
        let sent = try buffer.withUnsafeReadableBytes { try present.sendSome($0) }
        buffer.moveReaderIndex(forwardBy: sent)
        return sent > 0
    }

    /// Sends all.
    ///
    /// - Parameter reads: Whether answers are read meanwhile.
    func send(_ buffer: ByteBuffer, reads: Bool = true) throws {
        var rest = buffer
        while rest.readableBytes > 0 {
            if try push(&rest) { continue }
            try deadline.check()
            if reads { while try receive() {} }
            Socket.wait([try present], orSend: true, milliseconds: reads ? 10 : 1)
        }
    }

    func send(_ frames: ClientFrame...) throws {
        var buffer = ByteBuffer()
        for frame in frames { frame.write(to: &buffer) }
        try send(buffer)
    }

    // MARK: Asking

    /// Sends many requests, a few thousand at once, and waits for all answers.
    ///
    /// - Parameter make: The request with an index, under an id.
    func ask(count: Int = 1, _ make: (Int, UInt32) -> ClientFrame) throws {
        let wanted = answered + count
        var next = 0
        while next < count {
            var buffer = ByteBuffer()
            for index in next..<min(next + Self.requestsAtOnce, count) {
                requests += 1
                make(index, requests).write(to: &buffer)
            }
            try send(buffer)
            next += Self.requestsAtOnce
            try wait { self.answered >= wanted - count + next - 2 * Self.requestsAtOnce }
        }
        try wait { self.answered >= wanted }
    }

    /// Creates a topic if it does not exist.
    ///
    /// - Returns: Its id.
    func topic(_ name: String, _ settings: [TopicSettings.Tag: UInt64] = [:]) throws -> UInt32 {
        if !settings.isEmpty {
            var change = TopicSettingsChange()
            for (tag, value) in settings { change[tag] = value }
            try ask { .createTopic(request: $1, name: name, settings: change) }
        }
        try ask { .topic(request: $1, name: name) }
        guard let id = topicIDs.last else { throw GrowthError(refusal ?? "TOPIC was not answered by TOPIC") }
        return id
    }

    /// Publishes a batch again and again, with a bound on what is unanswered.
    func publish(_ batch: FrameBatch, times: Int) throws {
        for _ in 0..<times {
            try send(batch.bytes)
            published += UInt64(batch.count)
            try wait { self.published - self.confirmed < Self.mostUnconfirmed }
        }
    }

    func awaitConfirms() throws { try wait { self.confirmed >= self.published } }

    // MARK: Receiving

    /// Reads until a condition holds.
    ///
    /// - Throws: ``OutOfTime``.
    func wait(until isDone: () -> Bool) throws {
        while true {
            while try receive() {}
            if isDone() { return }
            try deadline.check()
            Socket.wait([try present], milliseconds: 10)
        }
    }

    /// Handles what has arrived.
    ///
    /// - Returns: Whether something was.
    @discardableResult
    func receive() throws -> Bool {
        let socket = try present
        do {
            return try inbound.read(from: socket, waits: false) { try take($0) }
        } catch {
            guard let refusal else { throw error }
            throw GrowthError("ended: \(refusal)")
        }
    }

    private func take(_ frame: UnsafeRawBufferPointer) throws {
        let type = frame[MessageLayout.typeOffset]
        counts[Int(type)] += 1
        switch BrokerOpcode(rawValue: type) {
        case .confirm: confirmed = UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .ok, .acted: answered += 1
        case .welcome:
            clientID = UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .topic:
            guard frame.loadUnaligned(fromByteOffset: 8, as: UInt32.self) > 0 else { return }
            answered += 1
            topicIDs.append(UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
        // Pages but the last one have bit 0.
        case .topics, .clients, .client, .peeked: if frame[MessageLayout.typeOffset + 1] & 1 == 0 { answered += 1 }
        case .error:
            answered += 1
            refusal = String(decoding: frame.dropFirst(12), as: UTF8.self)
        case .reject: refusal = String(decoding: frame.dropFirst(16), as: UTF8.self)
        case .goodbye: refusal = String(decoding: frame.dropFirst(8), as: UTF8.self)
        case .ping:
            // Without reading: this is called by a read.
            var pong = ByteBuffer()
            ClientFrame.pong(UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
                .write(to: &pong)
            try send(pong, reads: false)
        default: break
        }
    }

    private var present: Socket {
        get throws {
            guard let socket else { throw GrowthError("the offender has left") }
            return socket
        }
    }
}
