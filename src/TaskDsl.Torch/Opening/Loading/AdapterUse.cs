namespace TaskDsl.Torch.Opening.Loading;

/// <summary>What becomes of an adapter that is on the model when a run starts.</summary>
public enum AdapterUse
{
    /// <summary>
    /// It stays as it is, frozen; what is trained stands on top of it. The result names the adapter's folder as its model.
    /// </summary>
    Keep,

    /// <summary>It is trained on: the recipe's tuning must be what made it. The result takes its place.</summary>
    Train,

    /// <summary>It is folded into the model's weights first, where its method can be.</summary>
    Merge,
}
