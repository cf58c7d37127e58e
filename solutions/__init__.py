"""The reference functions, one module an assignment; what stands between the solution markers is what students write."""
