using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Positions;

/// <summary>
/// Rotary position embedding (Su et al., arXiv 2104.09864): each pair of a query's or key's numbers is turned by an angle that grows
/// with the position.
/// </summary>
/// <param name="Size">How many numbers of each head are turned.</param>
/// <param name="Theta">The base of the angles.</param>
/// <param name="MaxPositions">The longest row that the model is made for.</param>
/// <param name="Scaling">How the angles are stretched; null = not.</param>
internal sealed record Rotary(int Size, double Theta, int MaxPositions, RopeScaling? Scaling) : PositionScheme
{
    public override void Check(StackShape shape, string path)
    {
        if (Size % 2 != 0 || Size < 2 || Size > shape.HeadSize)
            throw new ModelException(
                $"{path}: {Size} numbers of each head are to be turned by rotary positions; "
                    + $"expected an even number up to the head size {shape.HeadSize}."
            );
        if (!(Theta > 0))
            throw new ModelException($"{path}: rope_theta is {Theta}; expected a positive number.");
        if (MaxPositions < 1)
            throw new ModelException($"{path}: max_position_embeddings is {MaxPositions}; expected a number from 1.");
    }

    public override PositionTable Open(StackShape shape, Device device, ParameterSource make) => new Table(this, device);

    /// <summary>The tables of cosines and sines grow as positions are asked for.</summary>
    private sealed class Table(Rotary scheme, Device device) : PositionTable
    {
        private Tensor? cosines,
            sines; // [positions, rotated], the second half repeats the first
        private long reach; // The row length that the angles were made for.

        public override (Tensor Cosine, Tensor Sine)? Angles(Tensor? positions, Reach reach, long past, long length)
        {
            Grow(positions is null ? past + length : Needed(positions, reach));
            // [1, sequence, 1, rotated]
            if (positions is null)
                return (cosines!.narrow(0, past, length).view(1, length, 1, -1), sines!.narrow(0, past, length).view(1, length, 1, -1));
            var flat = positions.flatten();
            long[] shape = [positions.size(0), positions.size(1), 1, scheme.Size]; // [batch or 1, sequence, 1, rotated]
            return (cosines!.index_select(0, flat).view(shape), sines!.index_select(0, flat).view(shape));
        }

        /// <summary>More rows than are needed change no angle, unless the angles are those of a row's length.</summary>
        private long Needed(Tensor positions, Reach reach) =>
            reach.Most is { } most && (scheme.Scaling is null || scheme.Scaling.Reach(most) == scheme.Scaling.Reach(1))
                ? most
                : reach.Of(positions);

        protected override IEnumerable<Tensor?> Tables => [cosines, sines];

        private void Grow(long needed)
        {
            var wanted = scheme.Scaling?.Reach(needed) ?? 0;
            if (cosines is not null && cosines.size(0) >= needed && reach == wanted)
                return;
            var count = Math.Max(needed, cosines is null || reach != wanted ? Math.Min(scheme.MaxPositions, 512) : 2 * cosines.size(0));
            var half = scheme.Size / 2;
            var frequencies = new double[half];
            for (var i = 0; i < half; i++)
                frequencies[i] = Math.Pow(scheme.Theta, -2.0 * i / scheme.Size);
            var attentionFactor = scheme.Scaling?.Apply(frequencies, scheme, needed) ?? 1;
            using var ungraded = no_grad();
            using var scope = NewDisposeScope();
            // Angles in float32, as the reference computes them: the models were trained with its rounding.
            var rates = tensor(frequencies.Select(f => (float)f).ToArray());
            var angles = arange(count, dtype: ScalarType.Float32).unsqueeze(1) * rates.unsqueeze(0); // [positions, rotated / 2]
            var both = cat([angles, angles], 1); // [positions, rotated]
            Dispose();
            cosines = (both.cos() * attentionFactor).to(device).DetachFromDisposeScope();
            sines = (both.sin() * attentionFactor).to(device).DetachFromDisposeScope();
            reach = wanted;
        }
    }
}
