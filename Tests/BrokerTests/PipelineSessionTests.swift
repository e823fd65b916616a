import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Sessions of connections behind other handlers, which stay on their loop")
struct PipelineSessionTests {
    @Test(
        "one on the session's loop is served, one on another is told why it is not, and the session goes on",
        arguments: [0, 1])
    func onItsLoop(home: Int) throws {
        let bench = EmbeddedBench(loops: 2)
        let holder = try bench.connect(.of("burrow"), loop: home)
        #expect(holder.welcome?.session?.isResumed == false)
        let other = try bench.connect(.of("burrow"), loop: 1 - home, isElsewhere: true)
        #expect(other.welcome == nil)
        guard case .goodbye(ErrorCode.sessionContended.rawValue, let reason)? = try other.receive().last else {
            Issue.record("it is not told")
            return
        }
        #expect(
            reason
                == "session 'burrow' is served by another loop of the broker, and a connection that comes through other "
                + "handlers cannot be moved there; connect again, which may lead there")
        #expect(try holder.receive() == [])
        let newer = try bench.connect(.of("burrow"), loop: home, isElsewhere: true)
        #expect(newer.welcome?.session?.isResumed == true)
        #expect(try holder.receive().last?.goodbye == .takenOver)
        for client in [holder, other, newer] { client.close() }
        for loop in 0..<2 { bench.run(loop) }
        #expect(bench.isEmpty)
    }
}
