using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>An encoder–decoder has read its prompts and writes from nothing.</summary>
internal sealed class EncoderDecoderLogits : LogitSourceRun
{
    private readonly EncoderDecoder model;
    private readonly KvCache cache;
    private EncodedText text;

    public EncoderDecoderLogits(EncoderDecoder model, IReadOnlyList<int[]> prompts, int limit, int padding)
    {
        this.model = model;
        cache = new KvCache(limit + 1);
        var (ids, _) = Rows.Pad(prompts, padding, model.Device);
        text = Own(model.Encode(ids, AttentionPattern.Ragged([.. prompts.Select(prompt => prompt.Length)])));
    }

    public override Tensor Next(long[]? last)
    {
        last ??= [.. Enumerable.Repeat((long)model.Start, (int)text.States.size(0))];
        var hidden = model.Hidden(text, tensor(last, [last.Length, 1], device: model.Device), cache: cache);
        return model.Logits(hidden.select(1, 0)); // [batch, vocabulary]
    }

    public override void Select(int[] rows)
    {
        var selected = tensor(rows.Select(r => (long)r).ToArray(), device: model.Device);
        cache.Select(selected);
        var before = text;
        text = Own(new EncodedText(before.States.index_select(0, selected), before.Real?.index_select(0, selected)));
        before.States.Dispose();
        before.Real?.Dispose();
    }

    public override void Dispose()
    {
        text.States.Dispose();
        text.Real?.Dispose();
        cache.Dispose();
    }

    private static EncodedText Own(EncodedText text) => new(text.States.DetachFromDisposeScope(), text.Real?.DetachFromDisposeScope());
}
