using System.CommandLine;
using TaskDsl.Torch.Native;

namespace TaskDsl.App.Sessions;

/// <summary><c>--device</c>: where a model computes; null where it is not given.</summary>
internal sealed class DeviceOption : Option<string?>
{
    public DeviceOption()
        : base("--device")
    {
        Description = "Where it computes: auto (the first GPU that libtorch can use, else the CPU), cpu, cuda or cuda:n.";
        Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !TorchRuntime.IsDevice(token.Value))
                result.AddError($"--device: '{token.Value}' is not a device; expected auto, cpu, cuda or cuda:n.");
        });
    }

    /// <summary>The device that was named. Default: auto.</summary>
    /// <exception cref="MisfitException">This machine has no such device.</exception>
    public TorchSharp.torch.Device Of(ParseResult parsed) => TorchRuntime.Device(parsed.GetValue(this) ?? "auto");
}
