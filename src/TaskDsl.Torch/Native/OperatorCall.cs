using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>
/// One call of a libtorch operator by its name, through the stable C interface: arguments are pushed in the schema's order. Checks
/// belong to the caller, because libtorch's own text goes to standard error only.
/// </summary>
internal unsafe ref struct OperatorCall
{
    private const int Capacity = 16;
    private readonly Span<ulong> stack;
    private int count;

    /// <param name="stack">Room for 16 arguments: <c>stackalloc ulong[16]</c>.</param>
    public OperatorCall(Span<ulong> stack)
    {
        if (stack.Length < Capacity)
            throw new ArgumentException($"An operator call needs room for {Capacity} arguments.", nameof(stack));
        this.stack = stack;
    }

    public OperatorCall Add(torch.Tensor tensor) => Push(Copy(tensor));

    public OperatorCall Add(torch.Tensor? tensor, bool optional) =>
        tensor is null && optional ? Push(0) : Push(LibTorch.Box(Copy(tensor!)));

    public OperatorCall Add(double value) => Push(BitConverter.DoubleToUInt64Bits(value));

    public OperatorCall Add(double? value, bool optional) =>
        value is null && optional ? Push(0) : Push(LibTorch.Box(BitConverter.DoubleToUInt64Bits(value!.Value)));

    public OperatorCall Add(string ascii)
    {
        nint text;
        return LibTorch.NewString(ascii, (nuint)ascii.Length, &text) == 0
            ? Push((ulong)text)
            : throw new InvalidOperationException("libtorch could not make a text.");
    }

    public OperatorCall Add(long value) => Push(unchecked((ulong)value));

    public OperatorCall Add(bool value) => Push(value ? 1UL : 0UL);

    public OperatorCall Add(ReadOnlySpan<long> values)
    {
        var list = NewList(values.Length);
        foreach (var value in values)
            _ = LibTorch.Push(list, unchecked((ulong)value));
        return Push((ulong)list);
    }

    public OperatorCall Add(ReadOnlySpan<torch.Tensor> tensors)
    {
        var list = NewList(tensors.Length);
        foreach (var tensor in tensors)
            _ = LibTorch.Push(list, Copy(tensor));
        return Push((ulong)list);
    }

    /// <summary>Calls an operator that returns one tensor.</summary>
    public torch.Tensor Tensor(string name, string overload = "")
    {
        Run(name, overload);
        return LibTorch.Wrap((nint)stack[0]);
    }

    /// <summary>Calls an operator whose result is not wanted.</summary>
    public void Run(string name, string overload = "")
    {
        fixed (ulong* arguments = stack)
        {
            if (LibTorch.Call(name, overload, arguments) != 0)
                throw new InvalidOperationException($"libtorch could not run {name}; its reason stands on standard error.");
        }
    }

    private OperatorCall Push(ulong value)
    {
        stack[count++] = value;
        return this;
    }

    private static nint NewList(int capacity)
    {
        nint list;
        return LibTorch.NewList((nuint)capacity, &list) == 0
            ? list
            : throw new InvalidOperationException("libtorch could not make a list.");
    }

    /// <summary>A handle of its own to the same tensor: the operator takes over its arguments and frees them.</summary>
    private static ulong Copy(torch.Tensor tensor)
    {
        nint copy;
        return LibTorch.NewHandle(tensor.Handle, &copy) == 0
            ? (ulong)copy
            : throw new InvalidOperationException("libtorch could not copy a tensor's handle.");
    }
}
