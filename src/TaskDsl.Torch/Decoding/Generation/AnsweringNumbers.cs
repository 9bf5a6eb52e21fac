using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>The numbers that a model answers in, on this thread until it is disposed of.</summary>
internal sealed class AnsweringNumbers(LoadedModel model) : IDisposable
{
    private readonly IDisposable? tf32 = model.Tf32 is { } on ? TorchRuntime.UseTf32(on) : null;
    private readonly Autocast? narrow = Autocast.Begin(model.Model.Device, model.AnswersIn?.Scalar());

    public void Dispose()
    {
        narrow?.Dispose();
        tf32?.Dispose();
    }
}
