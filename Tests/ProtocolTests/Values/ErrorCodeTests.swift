import Testing
import ZaichikProtocol

@Suite("Error codes")
struct ErrorCodeTests {
    /// Numbers are for ever: a code that changes its number or name breaks clients.
    static let numbers: [(ErrorCode, UInt16, String)] = [
        (.unknownType, 1, "unknown-type"), (.helloMissing, 2, "hello-missing"), (.helloRepeated, 3, "hello-repeated"),
        (.frameTooLong, 4, "frame-too-long"), (.frameTooShort, 5, "frame-too-short"),
        (.shortReachesPastBody, 6, "short-past-body"), (.badName, 7, "bad-name"), (.badArgument, 8, "bad-argument"),
        (.badRequestID, 9, "bad-request-id"), (.reservedName, 10, "reserved-name"),
        (.unknownTopic, 11, "unknown-topic"), (.unknownClient, 12, "unknown-client"),
        (.commitBeyondDelivered, 13, "commit-beyond-delivered"), (.noSession, 14, "no-session"),
        (.topicFull, 15, "topic-full"), (.memoryFull, 16, "memory-full"),
        (.malformedHeaders, 17, "malformed-headers"), (.payloadTooLong, 18, "payload-too-long"),
        (.tooManyTopics, 19, "too-many-topics"), (.tooManyWatches, 20, "too-many-watches"),
        (.blockedTooLong, 21, "blocked-too-long"), (.closing, 22, "closing"),
        (.tooManyRequests, 23, "too-many-requests"), (.tooManySubscriptions, 24, "too-many-subscriptions"),
        (.otherIncarnation, 25, "other-incarnation"), (.unknownFlag, 26, "unknown-flag"),
        (.unknownHeader, 27, "unknown-header"), (.notInFlight, 28, "not-in-flight"),
        (.commitTooLate, 29, "commit-too-late"),
        (.tooManyConnections, 30, "too-many-connections"), (.idleTooLong, 31, "idle-too-long"),
        (.handshakeTooSlow, 32, "handshake-too-slow"), (.shuttingDown, 33, "shutting-down"),
        (.closedByClient, 34, "closed-by-client"), (.frameTooSlow, 35, "frame-too-slow"),
        (.takenOver, 36, "taken-over"), (.sessionContended, 37, "session-contended"),
        (.sessionMode, 38, "session-mode"), (.sessionDeleted, 39, "session-deleted"), (.lagLimit, 40, "lag-limit"),
        (.sessionAttached, 41, "session-attached"), (.unknownSession, 42, "unknown-session"),
        (.tooManySessions, 43, "too-many-sessions"), (.unknownMessage, 44, "unknown-message"),
        (.transactionTooLarge, 45, "transaction-too-large"), (.producerTakenOver, 46, "producer-taken-over"),
        (.badHeaderValue, 47, "bad-header-value"), (.producerContended, 48, "producer-contended"),
        (.disconnected, 49, "disconnected"), (.banned, 50, "banned"), (.topicPaused, 51, "topic-paused"),
        (.draining, 52, "draining"), (.notAccepting, 53, "not-accepting"),
    ]

    @Test("a code keeps its number and its name", arguments: numbers)
    func stable(code: ErrorCode, number: UInt16, name: String) {
        #expect(code.rawValue == number)
        #expect(code.name == name)
    }

    @Test("no code is lost and no name is used twice")
    func complete() {
        #expect(Set(ErrorCode.allCases).isSuperset(of: Self.numbers.map(\.0)))
        #expect(Set(ErrorCode.allCases.map(\.name)).count == ErrorCode.allCases.count)
    }

    @Test("these end the connection, all others do not")
    func scopes() {
        let ending: Set<ErrorCode> = [
            .helloMissing, .helloRepeated, .frameTooLong, .frameTooShort, .shortReachesPastBody, .tooManyConnections,
            .idleTooLong, .handshakeTooSlow, .shuttingDown, .closedByClient, .frameTooSlow,
            .takenOver, .sessionContended, .sessionMode, .sessionDeleted, .lagLimit, .producerTakenOver,
            .producerContended, .disconnected, .banned, .notAccepting,
        ]
        #expect(Set(ErrorCode.allCases.filter { $0.scope == .connection }) == ending)
    }
}
