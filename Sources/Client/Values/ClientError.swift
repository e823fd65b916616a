import ZaichikProtocol

/// An error between a client and its broker: a code for the program, a message for the reader.
public struct ClientError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Nothing listens at the address.
        case connectionRefused
        /// The host's name has no address.
        case hostNotFound
        /// No connection or no welcome in time.
        case timedOut
        /// The connection failed before the broker's welcome: there is no way to the address, or what listens there ended it.
        case unreachable
        /// The program that listens at the address does not speak the protocol.
        case notZaichik
        /// The program that listens at the address refused this version of the protocol.
        case versionMismatch
        /// The connection ended. Whether a publish under way was accepted is not known.
        case connectionLost
        /// The connection ended before the message was sent, or the message was withdrawn: the broker does not have it.
        case notSent
        /// A named producer's message is with the broker, accepted or as a duplicate, but the receipt was lost with the
        /// connection.
        case receiptLost
        /// The client was closed by its own program.
        case closed
        /// The task that waited was cancelled.
        case cancelled
        /// The broker refused; the code says why.
        case refused(ErrorCode)
        /// The broker refused with a code that this version does not know.
        case refusedWithNewerCode(UInt16)
        /// A message or key is longer than the broker takes.
        case tooLong
        /// The name of a topic, a session or a producer, or a pattern, breaks the rules for names.
        case invalidName
        /// The delivery was settled already, or the connection that brought it has ended.
        case notInFlight
        /// The broker is older than what was asked of it.
        case notSupported
    }

    public var code: Code
    /// Says what was wrong, where, and what would be right.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

extension ClientError {
    static func refused(_ code: UInt16, _ message: String) -> ClientError {
        guard let known = ErrorCode(rawValue: code) else {
            return ClientError(.refusedWithNewerCode(code), "the broker refused (code \(code)): \(message)")
        }
        return ClientError(.refused(known), message.isEmpty ? known.summary : message)
    }

    /// Of a transaction that did not happen.
    static func aborted(_ code: UInt16, _ part: TransactionPart, _ index: UInt32, _ message: String) -> ClientError {
        let refused = refused(code, message)
        let place = part == .commits ? "range \(index + 1) of its commits" : "its publish \(index + 1)"
        return ClientError(refused.code, "the transaction did not happen, because of \(place): \(refused.message)")
    }

    static func invalidName(_ text: String, _ error: NameError) -> ClientError {
        ClientError(.invalidName, "'\(text)' is not a valid topic name or pattern: \(error)")
    }

    static func invalidSession(_ text: String, _ error: SessionNameError) -> ClientError {
        ClientError(.invalidName, "'\(text)' is not a valid name: \(error)")
    }

    /// - Parameter what: In the plural.
    static func notSupported(_ what: String, _ broker: Welcome) -> ClientError {
        ClientError(
            .notSupported, "the broker '\(broker.brokerName)', version \(broker.version), does not know of \(what)")
    }

    static let closed = ClientError(.closed, "the client was closed")
    static let cancelled = ClientError(.cancelled, "the task that waited was cancelled")
    static let notConnected = ClientError(
        .connectionLost, "there is no connection to the broker at the moment; the client is connecting again")
    static let lostBeforeSent = ClientError(.notSent, "the connection was lost before the message was sent")
}

extension ClientError {
    /// Whether connecting again would fight for what somebody else has now, or undo what somebody has done.
    public var forbidsReconnecting: Bool {
        switch code {
        case .refused(.takenOver), .refused(.sessionContended), .refused(.sessionMode), .refused(.sessionDeleted),
            .refused(.lagLimit), .refused(.producerTakenOver), .refused(.producerContended), .notSupported:
            true
        default: false
        }
    }
}
