import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension ClientLink {
    /// Does an act, or asks what it would take; of several targets one after the other.
    func act(_ plan: ActPlan, isDryRun: Bool) {
        guard let client = connectedClient() else { return post(.actRefused(plan, ErrorText.notConnected)) }
        Task {
            do throws(ClientError) {
                let outcome = try await Self.carryOut(plan, isDryRun: isDryRun, client)
                if isDryRun, let outcome {
                    self.post(.rehearsed(plan, outcome))
                } else {
                    self.post(.acted(plan, outcome))
                }
            } catch {
                self.post(.actRefused(plan, error.message))
            }
        }
    }

    /// - Returns: nil for what has a request of its own.
    private static func carryOut(
        _ plan: ActPlan, isDryRun: Bool, _ client: ZaichikClient
    ) async throws(ClientError) -> Acted? {
        var sum: Acted?
        for target in plan.target.each {
            guard let request = plan.request(for: target, isDryRun: isDryRun) else {
                try await delete(target, client)
                continue
            }
            let outcome = try await client.act(request)
            guard let before = sum else {
                sum = outcome
                continue
            }
            sum = Acted(
                messages: before.messages + outcome.messages, bytes: before.bytes + outcome.bytes,
                count: before.count + outcome.count, rows: before.rows + outcome.rows, isDryRun: isDryRun)
        }
        return sum
    }

    private static func delete(_ target: ActTarget, _ client: ZaichikClient) async throws(ClientError) {
        switch target {
        case .client(let row, _): try await client.deleteSession(row.session)
        case .topic(let row): try await client.deleteTopic(row.name)
        case .several(let targets): for target in targets { try await delete(target, client) }
        }
    }
}
