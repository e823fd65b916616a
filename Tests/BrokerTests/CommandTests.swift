import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Commands from frames")
struct CommandTests {
    private func error(_ frame: ClientFrame) -> FrameError? {
        do {
            _ = try Command(frame)
            return nil
        } catch {
            return error
        }
    }

    @Test("names and patterns are checked, and the error names the request")
    func names() {
        #expect(
            error(.topic(request: 7, name: "a..b")) == FrameError(.badName, request: 7, "\(NameError.emptyLevel)"))
        #expect(error(.topic(request: 7, name: "a.*"))?.code == .badName)
        #expect(error(.subscribe(request: 8, pattern: ">.a", from: .new))?.code == .badName)
        #expect(error(.subscribe(request: 8, pattern: "a.*", from: .sequence(1)))?.code == .badArgument)
        #expect(error(.subscribe(request: 8, pattern: "a", from: .session)) == nil, "its connection knows of a session")
        #expect(error(.subscribe(request: 8, pattern: "a.*", from: .earliest)) == nil)
    }
}
