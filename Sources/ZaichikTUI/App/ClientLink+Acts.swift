import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension ClientLink {
    /// Does an act, or asks what it would take.
    func act(_ plan: ActPlan, isDryRun: Bool) {
        guard let client = connectedClient() else { return post(.actRefused(plan, ErrorText.notConnected)) }
        Task {
            do throws(ClientError) {
                if let request = plan.request(isDryRun: isDryRun) {
                    let outcome = try await client.act(request)
                    self.post(isDryRun ? .rehearsed(plan, outcome) : .acted(plan, outcome))
                } else {
                    try await Self.delete(plan, client)
                    self.post(.acted(plan, nil))
                }
            } catch {
                self.post(.actRefused(plan, error.message))
            }
        }
    }

    private static func delete(_ plan: ActPlan, _ client: ZaichikClient) async throws(ClientError) {
        switch plan.target {
        case .client(let row, _): try await client.deleteSession(row.session)
        case .topic(let row): try await client.deleteTopic(row.name)
        }
    }
}
