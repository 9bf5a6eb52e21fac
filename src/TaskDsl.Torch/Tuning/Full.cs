using TaskDsl.Torch.Models;
using TaskDsl.Vocabulary;
using TorchSharp.Modules;

namespace TaskDsl.Torch.Tuning;

/// <summary>Every weight is trained.</summary>
[Keyword("full")]
public sealed record Full : Tuning
{
    /// <inheritdoc/>
    public override TunedDecoder Apply(Decoder decoder, int seed)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        foreach (var parameter in decoder.Parameters.Values) parameter.requires_grad = true;
        return new Tuned(decoder);
    }

    private sealed class Tuned(Decoder decoder) : TunedDecoder(decoder)
    {
        public override IReadOnlyDictionary<string, Parameter> Trained => Decoder.Parameters;

        public override bool SavesWholeModel => true;

        public override void Save(string folder, string baseModel) => Decoder.Save(folder);
    }
}
