using TaskDsl.HuggingFace;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Opening.Loading;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>A model that writes behind some prompts, token by token.</summary>
internal abstract class Writing(long capacity) : IDisposable
{
    /// <summary>The tokens so far.</summary>
    protected KvCache Cache { get; } = new(capacity);

    /// <summary>Begins.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="limit">The most tokens that will be written behind one.</param>
    public static Writing Begin(LoadedModel model, IReadOnlyList<int[]> prompts, int limit) =>
        model.Model switch
        {
            Decoder { IsBidirectional: true } => throw new ModelException("A decoder whose tokens see ahead writes nothing."),
            Decoder decoder => new Continuing(decoder, prompts, limit, model.Tokenizer.Padding),
            EncoderDecoder both => new Answering(both, prompts, limit, model.Tokenizer.Padding),
            var other => throw new ModelException($"A {other.Config.ModelType} writes no text."),
        };

    /// <summary>The scores of each row's next token, <c>[rows, vocabulary]</c>, on the device.</summary>
    /// <param name="last">Each row's last token; null at the beginning.</param>
    public abstract Tensor Next(long[]? last);

    /// <summary>Keeps some rows only.</summary>
    public abstract void Keep(int[] rows);

    /// <inheritdoc/>
    public virtual void Dispose() => Cache.Dispose();

    /// <summary>A decoder goes on behind its prompts, which are padded on the left.</summary>
    private sealed class Continuing : Writing
    {
        private readonly Decoder decoder;
        private readonly bool padded;
        private Tensor input,
            at,
            mask;

        public Continuing(Decoder decoder, IReadOnlyList<int[]> prompts, int limit, int padding)
            : base(prompts.Max(p => p.Length) + limit)
        {
            this.decoder = decoder;
            var longest = prompts.Max(p => p.Length);
            var capacity = longest + limit;
            var shared = Share(prompts);
            var width = longest - shared;
            padded = prompts.Any(p => p.Length != longest);
            var (ids, positions, real) = Pad(prompts, shared, width, capacity, padding);
            input = tensor(ids, [prompts.Count, width], device: decoder.Device).DetachFromDisposeScope();
            at = tensor(positions, [prompts.Count, width], device: decoder.Device).DetachFromDisposeScope();
            mask = tensor(real, [prompts.Count, capacity], device: decoder.Device).DetachFromDisposeScope();
        }

        public override Tensor Next(long[]? last)
        {
            if (last is not null)
            {
                using (input)
                using (at)
                {
                    at = (at.narrow(1, at.size(1) - 1, 1) + 1).DetachFromDisposeScope();
                    input = tensor(last, [last.Length, 1], device: decoder.Device).DetachFromDisposeScope();
                }
            }

            var hidden = decoder.Hidden(
                input,
                at,
                padded ? AttentionPattern.Padded(mask.narrow(1, 0, Cache.Length + input.size(1))) : null,
                Cache
            );
            return decoder.Logits(hidden.select(1, hidden.size(1) - 1));
        }

        public override void Keep(int[] rows)
        {
            var kept = tensor(rows.Select(r => (long)r).ToArray(), device: decoder.Device);
            Cache.Keep(kept);
            using (mask)
            using (at)
                (mask, at) = (mask.index_select(0, kept).DetachFromDisposeScope(), at.index_select(0, kept).DetachFromDisposeScope());
        }

        public override void Dispose()
        {
            foreach (var tensor in (ReadOnlySpan<Tensor>)[input, at, mask])
                tensor.Dispose();
            base.Dispose();
        }

        /// <summary>Computes the beginning that all prompts share, the instruction often, once for all rows.</summary>
        /// <returns>Its tokens; 0 where it is not worth it.</returns>
        private int Share(IReadOnlyList<int[]> prompts)
        {
            const int worthwhile = 8;
            if (prompts.Count == 1)
                return 0;
            var first = prompts[0];
            var shared = prompts.Min(p => Math.Min(p.Length - 1, p.AsSpan().CommonPrefixLength(first)));
            if (shared < worthwhile)
                return 0;
            using var scope = NewDisposeScope();
            decoder.Hidden(tensor(first.Take(shared).Select(id => (long)id).ToArray(), [1, shared], device: decoder.Device), cache: Cache);
            Cache.Keep(zeros(prompts.Count, dtype: ScalarType.Int64, device: decoder.Device));
            return shared;
        }

        /// <summary>What follows the shared beginning, padded on the left to one width.</summary>
        private static (long[] Ids, long[] Positions, bool[] Real) Pad(
            IReadOnlyList<int[]> prompts,
            int shared,
            int width,
            int capacity,
            int padding
        )
        {
            var (ids, positions, real) = (
                new long[prompts.Count * width],
                new long[prompts.Count * width],
                new bool[prompts.Count * capacity]
            );
            Array.Fill(ids, padding);
            Array.Fill(real, true);
            for (var row = 0; row < prompts.Count; row++)
            {
                var rest = prompts[row].AsSpan(shared);
                var empty = width - rest.Length;
                real.AsSpan(row * capacity + shared, empty).Clear();
                for (var i = 0; i < rest.Length; i++)
                    (ids[row * width + empty + i], positions[row * width + empty + i]) = (rest[i], shared + i);
            }

            return (ids, positions, real);
        }
    }

    /// <summary>An encoder–decoder has read its prompts and writes from nothing.</summary>
    private sealed class Answering : Writing
    {
        private readonly EncoderDecoder model;
        private EncodedText text;

        public Answering(EncoderDecoder model, IReadOnlyList<int[]> prompts, int limit, int padding)
            : base(limit + 1)
        {
            this.model = model;
            var (ids, real) = Rows.Pad(prompts, padding, model.Device);
            text = Own(model.Encode(ids, real));
        }

        public override Tensor Next(long[]? last)
        {
            last ??= [.. Enumerable.Repeat((long)model.Start, (int)text.States.size(0))];
            var hidden = model.Hidden(text, tensor(last, [last.Length, 1], device: model.Device), cache: Cache);
            return model.Logits(hidden.select(1, 0));
        }

        public override void Keep(int[] rows)
        {
            var kept = tensor(rows.Select(r => (long)r).ToArray(), device: model.Device);
            Cache.Keep(kept);
            var before = text;
            text = Own(new EncodedText(before.States.index_select(0, kept), before.Real?.index_select(0, kept)));
            before.States.Dispose();
            before.Real?.Dispose();
        }

        public override void Dispose()
        {
            text.States.Dispose();
            text.Real?.Dispose();
            base.Dispose();
        }

        private static EncodedText Own(EncodedText text) => new(text.States.DetachFromDisposeScope(), text.Real?.DetachFromDisposeScope());
    }
}
