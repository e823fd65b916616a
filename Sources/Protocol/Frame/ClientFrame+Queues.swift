import NIOCore

// Requests about queues: what becomes of deliveries, sessions, parked messages, and what is gone.
extension ClientFrame {
    /// Decodes the body of one of these requests.
    static func queueRequest(_ opcode: ClientOpcode, _ body: inout FrameBody) throws(FrameError) -> ClientFrame {
        let request = try body.requestID()
        let length = Int(body.header.short)
        switch opcode {
        case .settle: return .settle(request: request, try Settlement(&body))
        case .transaction: return .transaction(request: request, try Transaction(&body))
        case .createSession:
            let name = try body.string(length)
            return .createSession(request: request, name: name, settings: try SessionSettingsChange(&body))
        case .listSessions: return .listSessions(request: request, query: try ListQuery(&body, body.header.short))
        case .inspectSession:
            let limit: UInt32 = try body.integer()
            return .inspectSession(request: request, name: try body.string(length), limit: limit)
        case .deleteSession: return .deleteSession(request: request, name: try body.string(length))
        case .seek: return .seek(request: request, try Seek(&body))
        case .listParked:
            let limit: UInt32 = try body.integer()
            let after: UInt64 = try body.integer()
            return .listParked(request: request, session: try body.string(length), limit: limit, after: after)
        case .settleParked: return .settleParked(request: request, try ParkedSettlement(&body))
        case .deleteTopic:
            let name = try body.string(length)
            return .deleteTopic(request: request, name: name, incarnation: try incarnation(&body))
        case .inspectMessage:
            let sequence: UInt64 = try body.integer()
            return .inspectMessage(request: request, topic: try body.string(length), sequence: sequence)
        case .act: return .act(request: request, try ActRequest(&body))
        case .peek: return .peek(request: request, try PeekRequest(&body))
        default: preconditionFailure("\(opcode.name) is no request about queues")
        }
    }

    private static func incarnation(_ body: inout FrameBody) throws(FrameError) -> UInt64? {
        var incarnation: UInt64?
        for (tag, bytes) in try body.fields() {
            guard let field = IncarnationField(rawValue: tag) else {
                throw body.badArgument("field \(tag) is none that this broker knows")
            }
            incarnation = try body.number(bytes, field.name)
        }
        return incarnation
    }

    func writeQueueRequest(to buffer: inout ByteBuffer) {
        let type = opcode.rawValue
        switch self {
        case .settle(let request, let settlement): settlement.write(to: &buffer, request: request)
        case .transaction(let request, let transaction): transaction.write(to: &buffer, request: request)
        case .createSession(let request, let name, let settings):
            buffer.writeRequest(type, request, about: name, tail: settings.write) { _ in }
        case .listSessions(let request, let query): query.writeFrame(type, request: request, to: &buffer)
        case .inspectSession(let request, let name, let limit):
            buffer.writeRequest(type, request, about: name) { $0.writeLittle(limit) }
        case .deleteSession(let request, let name): buffer.writeRequest(type, request, about: name) { _ in }
        case .seek(let request, let seek): seek.write(to: &buffer, request: request)
        case .listParked(let request, let session, let limit, let after):
            buffer.writeRequest(type, request, about: session) { buffer in
                buffer.writeLittle(limit)
                buffer.writeLittle(after)
            }
        case .settleParked(let request, let settlement): settlement.write(to: &buffer, request: request)
        case .deleteTopic(let request, let name, let incarnation):
            buffer.writeRequest(
                type, request, about: name,
                tail: { $0.writeField(IncarnationField.incarnation.rawValue, incarnation) }, values: { _ in })
        case .inspectMessage(let request, let topic, let sequence):
            buffer.writeRequest(type, request, about: topic) { $0.writeLittle(sequence) }
        case .act(let request, let act): act.write(to: &buffer, request: request)
        case .peek(let request, let peek): peek.write(to: &buffer, request: request)
        default: preconditionFailure("\(opcode.name) is no request about queues")
        }
    }
}

extension ByteBuffer {
    /// Writes a request id, some values, and the name that `short` counts.
    fileprivate mutating func writeRequest(
        _ type: UInt8, _ request: UInt32, about name: String, tail: (inout ByteBuffer) -> Void = { _ in },
        values: (inout ByteBuffer) -> Void
    ) {
        writeFrame(type: type, short: name.utf8.count) { buffer in
            buffer.writeLittle(request)
            values(&buffer)
            buffer.writeString(name)
            tail(&buffer)
        }
    }
}
