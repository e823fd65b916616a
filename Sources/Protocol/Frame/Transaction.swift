import NIOCore

/// Commits and publishes that happen all or not at all: the body of TRANSACTION.
public struct Transaction: Equatable, Sendable {
    /// Numbers of this connection's deliveries that are done, ascending and disjoint.
    public var commits: [ClosedRange<UInt64>]
    /// Whole PUBLISH frames, one after the other. Each is well-formed as a frame; nothing else is checked yet.
    public private(set) var publishes: ByteBuffer
    /// The number of publishes.
    public private(set) var count: Int

    public init(commits: [ClosedRange<UInt64>], publishes: [Message] = []) {
        self.commits = commits
        self.publishes = ByteBuffer()
        count = publishes.count
        for message in publishes { message.write(to: &self.publishes, type: ClientOpcode.publish.rawValue) }
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        commits = try body.ranges()
        publishes = body.bytes
        count = 0
        var rest = publishes
        while rest.readableBytes > 0 {
            guard let header = FrameHeader(peeking: rest), header.frameLength <= rest.readableBytes,
                header.type == ClientOpcode.publish.rawValue,
                header.frameLength >= MessageLayout.keyOffset + Int(header.short)
            else { throw body.badArgument("publish \(count) is no whole PUBLISH frame") }
            rest.moveReaderIndex(forwardBy: header.frameLength)
            count += 1
        }
        guard count <= PeerLimits.transactionPublishes else {
            throw FrameError(
                .transactionTooLarge, request: body.request,
                "a transaction may have \(PeerLimits.transactionPublishes) publishes, this one has \(count)")
        }
    }

    /// The publishes as values.
    public var messages: [Message] {
        var (messages, rest): ([Message], ByteBuffer) = ([], publishes)
        while let header = FrameHeader(peeking: rest), let frame = rest.readSlice(length: header.frameLength),
            case .publish(let message)? = try? ClientFrame(decoding: frame)
        {
            messages.append(message)
        }
        return messages
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        buffer.writeFrame(type: ClientOpcode.transaction.rawValue) { buffer in
            buffer.writeLittle(request)
            buffer.writeRanges(commits)
            buffer.writeImmutableBuffer(publishes)
        }
    }
}

/// The detail of the OK to TRANSACTION: what became of each publish, in their order.
public struct TransactionDone: Equatable, Sendable {
    public var publishes: [Publish]

    public struct Publish: Equatable, Sendable {
        public var outcome: PublishOutcome
        public var topicID: UInt32
        /// Its own, the first one's if it was a duplicate, or 0 if it is delayed.
        public var sequence: UInt64

        public init(outcome: PublishOutcome, topicID: UInt32, sequence: UInt64) {
            self.outcome = outcome
            self.topicID = topicID
            self.sequence = sequence
        }
    }

    public init(publishes: [Publish]) { self.publishes = publishes }

    /// nil if the detail is not that of a TRANSACTION.
    public init?(detail: ByteBuffer) {
        var detail = detail
        guard let count = detail.readInteger(endianness: .little, as: UInt32.self) else { return nil }
        publishes = []
        for _ in 0..<count {
            guard let number = detail.readInteger(as: UInt8.self),
                let outcome = PublishOutcome(rawValue: UInt16(number)),
                detail.readSlice(length: 3) != nil,
                let topicID = detail.readInteger(endianness: .little, as: UInt32.self),
                let sequence = detail.readInteger(endianness: .little, as: UInt64.self)
            else { return nil }
            publishes.append(Publish(outcome: outcome, topicID: topicID, sequence: sequence))
        }
    }

    public var detail: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeLittle(UInt32(publishes.count))
        for publish in publishes {
            buffer.writeLittle(UInt32(publish.outcome.rawValue))
            buffer.writeLittle(publish.topicID)
            buffer.writeLittle(publish.sequence)
        }
        return buffer
    }
}
