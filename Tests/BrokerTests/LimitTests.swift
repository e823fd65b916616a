import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The table of limits")
struct LimitTests {
    @Test("each limit has a unique name in kebab case, a text, an effect, and an option or a reason")
    func rows() throws {
        let kebab = try Regex("[a-z]+(-[a-z]+)*")
        #expect(Set(Limit.all.map(\.name)).count == Limit.all.count)
        for limit in Limit.all {
            #expect(limit.name.wholeMatch(of: kebab) != nil, "\(limit.name)")
            #expect(!limit.what.isEmpty && !limit.beyond.isEmpty, "\(limit.name)")
            switch limit.setting {
            case .option(let option): #expect(option.wholeMatch(of: kebab) != nil, "\(option)")
            case .fixed(let reason): #expect(!reason.isEmpty, "\(limit.name)")
            }
        }
    }

    @Test("the error codes that they name exist")
    func codes() throws {
        let pattern = try Regex("(?:with|told) ([a-z]+(?:-[a-z]+)+)")
        let codes = Set(ErrorCode.allCases.map(\.name))
        for limit in Limit.all {
            for match in limit.beyond.matches(of: pattern) {
                let name = String(match.output[1].substring ?? "")
                #expect(codes.contains(name), "\(limit.name): \(name)")
            }
        }
    }

    @Test("the defaults are those of a broker's configuration")
    func defaults() {
        let configuration = BrokerConfiguration()
        #expect(Limit.set(by: "max-topics")?.standard == .number(configuration.maximumTopics))
        #expect(Limit.set(by: "max-sessions")?.standard == .number(configuration.maximumSessions))
        #expect(Limit.set(by: "max-subscriptions")?.standard == .number(configuration.maximumSubscriptions))
        #expect(Limit.set(by: "unused-topics")?.standard == .number(Int(configuration.unusedTopicTime)))
        #expect(Limit.set(by: "unused-history")?.standard == .number(Int(configuration.unusedHistoryTime)))
        #expect(Limit.set(by: "max-frame")?.standard == .number(configuration.maximumFrame))
    }

    @Test("no limit of memory is too large or too small to reckon with", arguments: [.min, -1, 0, 1, 1 << 20, .max])
    func memory(limit: Int) {
        let budget = MemoryBudget(limit: limit)
        budget.charge(100)
        #expect(budget.isExhausted == (limit <= 100))
        #expect(!budget.isReserveExhausted || limit <= 100)
        _ = budget.isShort
        _ = budget.chargeInbound(1)
        #expect(budget.history(.max) <= .max)
    }
}
