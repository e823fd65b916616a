import ZaichikClient

/// Ends work that takes too long.
enum TimeLimit {
    /// - Parameter limit: nil: none.
    /// - Returns: Whether the work ended by itself in time; if not, it was cancelled.
    static func run(_ limit: Duration?, _ work: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        guard let limit else {
            try await work()
            return true
        }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await work()
                return true
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            let isInTime = try await group.next() ?? true
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // The one that did not end first.
            } catch let error as ClientError where error.code == .cancelled {
                // The same, while it waited for the broker.
            }
            return isInTime
        }
    }
}
