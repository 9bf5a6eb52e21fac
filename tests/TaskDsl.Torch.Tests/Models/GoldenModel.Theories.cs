using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using Xunit;

namespace TaskDsl.Torch.Tests.Models;

/// <content>What tests ask of them besides.</content>
internal sealed partial class GoldenModel
{
    /// <summary>The same model, read by another configuration of the same meaning.</summary>
    public GoldenModel(string name, JsonObject config)
        : this(name)
    {
        Model.Dispose();
        Model = LanguageModel.Load(Folder, ModelConfig.Parse(config));
    }

    public static TheoryData<string> Names => [.. Named(_ => true)];

    /// <summary>Those that write text.</summary>
    public static TheoryData<string> Writers => [.. Named(kind => kind is "causal" or "seq2seq")];

    public static TheoryData<string> Decoders => [.. Named(kind => kind is "causal")];
}
