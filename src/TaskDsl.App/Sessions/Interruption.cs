using System.Runtime.InteropServices;

namespace TaskDsl.App.Sessions;

/// <summary>Ctrl-C and SIGTERM ask the program to save and stop; a second one ends it at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] signals;

    public Interruption() =>
        signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var signal in signals)
            signal.Dispose();
        source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        if (source.IsCancellationRequested)
            return;
        context.Cancel = true;
        _ = source.CancelAsync(); // First: a terminal that is held up must not hold this up.
        Console.Error.WriteLine("stopping; once more ends at once.");
    }
}
