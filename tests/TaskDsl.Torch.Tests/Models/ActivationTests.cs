using System.Text.Json;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

public sealed class ActivationTests : TorchTest
{
    [Fact]
    public void Every_activation_is_the_references()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "activations.json")));
        var x = tensor(json.RootElement.GetProperty("x").EnumerateArray().Select(v => v.GetSingle()).ToArray());
        var compared = 0;
        foreach (var golden in json.RootElement.GetProperty("y").EnumerateObject())
        {
            if (!Known(golden.Name, out var activation))
                continue;
            Close(tensor(golden.Value.EnumerateArray().Select(v => v.GetSingle()).ToArray()), activation.Apply(x), 2e-6);
            compared++;
        }

        Assert.True(compared >= 7, $"only {compared} were compared");
    }

    private static bool Known(string name, out Activation activation)
    {
        try
        {
            activation = Activations.Parse(new ConfigJson("", []), name);
            return true;
        }
        catch (ModelException)
        {
            activation = default;
            return false;
        }
    }
}
