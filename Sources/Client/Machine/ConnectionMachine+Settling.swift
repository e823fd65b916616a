import NIOCore
import ZaichikProtocol

// What becomes of deliveries, as far as a COMMIT does not tell it.
extension ConnectionMachine {
    /// Settles one delivery, soon: what comes together is told together.
    mutating func settle(_ number: UInt64, as disposition: Disposition) {
        switch disposition.action {
        case .commit: commits.commit(number)
        case .touch, .return, .park: commits.settle(number, as: disposition)
        }
    }

    /// Settles a set of deliveries, all or none of them.
    ///
    /// - Returns: Why that cannot be asked for, if it cannot.
    mutating func settle(
        _ numbers: [ClosedRange<UInt64>], as disposition: Disposition, waiter: WaiterID
    ) -> ClientError? {
        guard welcome.has(.settle) else { return .notSupported("sets of deliveries", welcome) }
        guard numbers.count <= PeerLimits.ranges else {
            return ClientError(
                .tooLong,
                """
                a set has at most \(PeerLimits.ranges) ranges of deliveries that follow each other, this one has \
                \(numbers.count)
                """)
        }
        send(.settle(disposition, numbers), waiter: waiter)
        return nil
    }

    /// Takes what the broker is to be told of deliveries now.
    ///
    /// What is returned or parked comes first, as a cumulative commit takes all that is in flight before it.
    mutating func takeSettled() -> ByteBuffer {
        var bytes = ByteBuffer()
        for (disposition, numbers) in commits.takeDispositions() {
            for start in stride(from: 0, to: numbers.count, by: PeerLimits.ranges) {
                let ranges = numbers[start..<min(start + PeerLimits.ranges, numbers.count)]
                write(.settle(disposition, Array(ranges)), to: &bytes)
            }
        }
        if let number = commits.take() { ClientFrame.commit(number).write(to: &bytes) }
        guard welcome.has(.settle) else { return bytes }
        while true {
            let ranges = commits.takeApart(PeerLimits.ranges)
            guard !ranges.isEmpty else { return bytes }
            write(.settle(.commit, ranges), to: &bytes)
        }
    }

    private mutating func write(_ request: ClientRequest, to bytes: inout ByteBuffer) {
        request.frame(requests.add(request, waiter: nil)).write(to: &bytes)
    }

    /// The broker refused a set since one of it was not in flight, and has done nothing. The others are told again, in
    /// halves, until it is known which were too late.
    mutating func settleApart(
        _ disposition: Disposition, _ numbers: [ClosedRange<UInt64>], _ error: ClientError
    ) -> [Action] {
        // What a COMMIT covered meanwhile is answered with that.
        let numbers = disposition == .commit ? numbers.filter { $0.upperBound > commits.sent } : numbers
        guard let first = numbers.first else { return [] }
        guard numbers.count > 1 || first.count > 1 else { return [.event(.tooLate(error))] }
        let halves: [[ClosedRange<UInt64>]]
        if numbers.count > 1 {
            let middle = numbers.count / 2
            halves = [Array(numbers[..<middle]), Array(numbers[middle...])]
        } else {
            let middle = first.lowerBound + (first.upperBound - first.lowerBound) / 2
            halves = [[first.lowerBound...middle], [(middle + 1)...first.upperBound]]
        }
        for half in halves { send(.settle(disposition, half), waiter: nil) }
        return []
    }
}
