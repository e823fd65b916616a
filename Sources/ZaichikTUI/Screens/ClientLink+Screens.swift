import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension ClientLink {
    func perform(_ request: ScreenRequest) {
        switch request {
        case .read(let topic): reports.read(topic)
        case .heat(let clients): tellHeat(of: clients)
        case .history(let seconds): tellHistory(seconds)
        case .travel(let clients, let topics): tellTravel(clients, topics)
        case .publishTraced(let topic, let body): publishTraced(body, to: topic)
        }
    }

    /// One client after the other: a detail is gathered in steps, and others wait for their turn as well.
    private func tellHeat(of clients: [UInt64]) {
        guard let client = connectedClient() else {
            return post(.screen(.heat([], problem: ErrorText.notConnected)))
        }
        Task {
            var answers: [HeatAnswer] = []
            for id in clients {
                do throws(ClientError) {
                    answers.append(HeatAnswer(client: id, topics: try await client.client(id: id).topics))
                } catch {
                    // One that has gone meanwhile is not in the next answer.
                    if case .refused(.unknownClient) = error.code { continue }
                    return self.post(.screen(.heat(answers, problem: error.message)))
                }
            }
            self.post(.screen(.heat(answers, problem: nil)))
        }
    }

    private func tellHistory(_ seconds: UInt16) {
        guard let client = connectedClient() else { return post(.screen(.noHistory(ErrorText.notConnected))) }
        Task {
            do throws(ClientError) {
                let figures: Set<HistoryFigure> = [.publishRate, .deliverRate, .lagMessages]
                let query = HistoryQuery(.broker, seconds: seconds, figures: figures)
                self.post(.screen(.history(try await client.history(query))))
            } catch {
                self.post(.screen(.noHistory(error.message)))
            }
        }
    }

    /// One history after the other; of what is gone meanwhile there is none.
    private func tellTravel(_ clients: [UInt64], _ topics: [String]) {
        guard let client = connectedClient() else { return post(.screen(.noTravel(ErrorText.notConnected))) }
        Task {
            do throws(ClientError) {
                var record = TravelRecord(
                    broker: try await client.history(HistoryQuery(.broker)), clients: [:], topics: [:])
                for id in clients { record.clients[id] = try await Self.history(.client(id), client) }
                for name in topics { record.topics[name] = try await Self.history(.topic(name), client) }
                self.post(.screen(.travelled(record)))
            } catch {
                self.post(.screen(.noTravel(error.message)))
            }
        }
    }

    private static func history(
        _ subject: HistorySubject, _ client: ZaichikClient
    ) async throws(ClientError) -> History? {
        do throws(ClientError) {
            return try await client.history(HistoryQuery(subject))
        } catch {
            if case .refused(let code) = error.code, code == .unknownClient || code == .unknownTopic { return nil }
            throw error
        }
    }

    private func publishTraced(_ body: String, to topic: TopicName) {
        ask { client in
            let receipt = try await client.publishWithReceipt(ByteBuffer(string: body), to: topic, traced: true)
            self.post(.screen(.traced(TracedMessage(topic: topic.string, sequence: receipt.sequence))))
        }
    }
}
