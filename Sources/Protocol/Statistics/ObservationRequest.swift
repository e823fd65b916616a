import NIOCore

/// What can be asked about the past, and about the inside of a queue.
public enum ObservationRequest: Hashable, Sendable {
    /// The clients that were connected, the last one first; only those with a text in their name, program, host or address.
    case closed(filter: String, limit: UInt32)
    case history(HistoryQuery)
    /// `limit`: the most publishers.
    case lagShares(QueueSubject, limit: UInt32)

    var opcode: ClientOpcode {
        switch self {
        case .closed: .listClosed
        case .history: .history
        case .lagShares: .lagShares
        }
    }

    static func decode(_ opcode: ClientOpcode, _ body: inout FrameBody) throws(FrameError) -> ObservationRequest {
        switch opcode {
        case .listClosed:
            let limit: UInt32 = try body.integer()
            let length = Int(body.header.short)
            guard length <= ClientQuery.longestFilter else {
                throw body.badArgument(
                    "a filter has at most \(ClientQuery.longestFilter) bytes, as a name has; this one has \(length)")
            }
            return .closed(filter: try body.string(length), limit: limit)
        case .history: return .history(try HistoryQuery(&body))
        case .lagShares:
            let limit: UInt32 = try body.integer()
            let id: UInt64 = try body.integer()
            let name = try body.string(Int(body.header.short))
            return .lagShares(name.isEmpty ? .client(id) : .session(name), limit: limit)
        default: preconditionFailure("\(opcode.name) asks about nothing that is observed")
        }
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        let name =
            switch self {
            case .closed(let filter, _): filter.clamped(toUTF8: Int(UInt16.max))
            case .history(let query): query.subject.name
            case .lagShares(.session(let name), _): name
            case .lagShares(.client, _): ""
            }
        buffer.writeFrame(type: opcode.rawValue, short: name.utf8.count) { buffer in
            buffer.writeLittle(request)
            switch self {
            case .closed(_, let limit):
                buffer.writeLittle(limit)
                buffer.writeString(name)
            case .history(let query): query.write(to: &buffer)
            case .lagShares(let queue, let limit):
                buffer.writeLittle(limit)
                if case .client(let id) = queue { buffer.writeLittle(id) } else { buffer.writeLittle(UInt64(0)) }
                buffer.writeString(name)
            }
        }
    }
}

/// The answer to an ``ObservationRequest``.
public enum ObservationAnswer: Equatable, Sendable {
    /// One page.
    case closed(RowPage<ClosedClient>)
    case history(History)
    case lagShares(LagShares)

    var opcode: BrokerOpcode {
        switch self {
        case .closed: .closed
        case .history: .history
        case .lagShares: .lagShares
        }
    }

    static func decode(_ opcode: BrokerOpcode, _ body: inout FrameBody) throws(FrameError) -> ObservationAnswer {
        switch opcode {
        case .closed: return .closed(try body.page(ClosedClient.init(row:)))
        case .history: return .history(try History(&body))
        case .lagShares: return .lagShares(try LagShares(&body))
        default: preconditionFailure("\(opcode.name) tells nothing that is observed")
        }
    }

    func write(to buffer: inout ByteBuffer) {
        switch self {
        case .closed(let page): buffer.writePage(page) { $0.writeRow(to: &$1) }
        case .history(let history): history.write(to: &buffer)
        case .lagShares(let shares): shares.write(to: &buffer)
        }
    }
}
