import DequeModule
import NIOCore
import ZaichikProtocol

/// Knows by the clock whether the other side is there, and how far away it is.
struct Liveness: Sendable {
    /// After this silence the broker is pinged.
    static let quiet = TimeAmount.seconds(20)
    /// After this silence the broker is taken for gone.
    static let silence = TimeAmount.seconds(60)
    static let roundTripInterval = TimeAmount.seconds(2)

    private enum Asker: Sendable {
        case waiter(WaiterID)
        case measurement
        case keepAlive
    }

    private var heard: NIODeadline
    private var lastPing: NIODeadline
    private var token: UInt64 = 0
    /// Pings, oldest first.
    private var unanswered = Deque<(token: UInt64, asker: Asker, sent: NIODeadline)>()

    init(heard: NIODeadline = .uptimeNanoseconds(0)) {
        self.heard = heard
        lastPing = heard
    }

    var awaitsAnswers: Bool {
        unanswered.contains { entry in
            if case .keepAlive = entry.asker { false } else { true }
        }
    }

    mutating func hear(now: NIODeadline) { heard = now }

    /// Sends a ping: a barrier for a task that waits, else a measurement of the round trip.
    mutating func ping(waiter: WaiterID?, now: NIODeadline, into output: inout OutputQueue) {
        send(waiter.map { .waiter($0) } ?? .measurement, now: now, into: &output)
    }

    /// Judges the silence, and breaks ours.
    ///
    /// - Parameter isReading: Whether the connection is read at all. If not, the broker's silence means nothing, but the
    ///   broker must hear from us all the same.
    /// - Returns: Why the connection must end, if it must.
    mutating func tick(
        now: NIODeadline, isReading: Bool, measures: Bool, into output: inout OutputQueue
    ) -> ClientError? {
        if !isReading {
            heard = now
            if now - lastPing >= Self.quiet { send(.keepAlive, now: now, into: &output) }
            return nil
        }
        guard now - heard < Self.silence else {
            return ClientError(.connectionLost, "the broker sent nothing for 60 s, not even the answer to a ping")
        }
        if measures {
            if now - lastPing >= Self.roundTripInterval { send(.measurement, now: now, into: &output) }
        } else if now - heard >= Self.quiet, now - lastPing >= Self.quiet {
            send(.keepAlive, now: now, into: &output)
        }
        return nil
    }

    /// Takes an answer. Pings are not always answered in their order: a barrier may be overtaken.
    mutating func pong(_ token: UInt64, now: NIODeadline) -> [ConnectionMachine.Action] {
        guard let index = unanswered.firstIndex(where: { $0.token == token }) else { return [] }
        let (_, asker, sent) = unanswered.remove(at: index)
        let roundTrip = Duration.nanoseconds((now - sent).nanoseconds)
        switch asker {
        case .waiter(let waiter): return [.resume(.success(waiter, .roundTrip(roundTrip)))]
        case .measurement: return [.event(.roundTrip(roundTrip))]
        case .keepAlive: return []
        }
    }

    /// The connection is gone.
    ///
    /// - Returns: The tasks that wait in vain.
    mutating func lose() -> [WaiterID] {
        defer { unanswered.removeAll() }
        return unanswered.compactMap { entry in
            if case .waiter(let waiter) = entry.asker { waiter } else { nil }
        }
    }

    private mutating func send(_ asker: Asker, now: NIODeadline, into output: inout OutputQueue) {
        token += 1
        lastPing = now
        unanswered.append((token, asker, now))
        if case .waiter = asker { output.append(.ping(token), .barrier) } else { output.append(.ping(token)) }
    }
}
